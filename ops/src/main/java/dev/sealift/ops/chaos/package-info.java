/** A bounded, seeded fault test of a real mesh: {@code ops/sealift chaos}. */
@NullMarked
package dev.sealift.ops.chaos;

import org.jspecify.annotations.NullMarked;
