/** Identifiers as types: hashes of what they name, or opaque bytes. */
@NullMarked
package dev.sealift.protocol.id;

import org.jspecify.annotations.NullMarked;
