/** Files: immutable signed headers and what they say of their sealed payloads. */
@NullMarked
package dev.sealift.protocol.file;

import org.jspecify.annotations.NullMarked;
