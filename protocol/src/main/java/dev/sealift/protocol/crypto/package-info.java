/** Signing and verifying, each signature in a context of its own. */
@NullMarked
package dev.sealift.protocol.crypto;

import org.jspecify.annotations.NullMarked;
