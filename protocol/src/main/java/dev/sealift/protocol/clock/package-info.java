/** Hybrid logical time. */
@NullMarked
package dev.sealift.protocol.clock;

import org.jspecify.annotations.NullMarked;
