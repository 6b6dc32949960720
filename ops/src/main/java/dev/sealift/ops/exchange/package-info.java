/** Waiting for a space and its mesh, for people who wait in front of a terminal. */
@NullMarked
package dev.sealift.ops.exchange;

import org.jspecify.annotations.NullMarked;
