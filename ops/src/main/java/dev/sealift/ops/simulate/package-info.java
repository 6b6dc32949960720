/**
 * Whole devices and a whole mesh in one thread, under a simulated network, disk and clock: each run is drawn from a seed, and is the same each time.
 *
 * <p>Start at {@link dev.sealift.ops.simulate.Simulation}, which is one run. What a device or a person could do is an {@link
 * dev.sealift.ops.simulate.Operation}; what may befall them is in {@link dev.sealift.ops.simulate.Faults}; what must hold is in {@link
 * dev.sealift.ops.simulate.Verdict}.
 */
@NullMarked
package dev.sealift.ops.simulate;

import org.jspecify.annotations.NullMarked;
