/**
 * {@code sealift bench}: figures of the whole, each beside its floor from the same run. {@link dev.sealift.ops.bench.BenchRow} lists what
 * is measured, against what, and the budget; a {@link dev.sealift.ops.bench.Measurement} measures some of it.
 */
@NullMarked
package dev.sealift.ops.bench;

import org.jspecify.annotations.NullMarked;
