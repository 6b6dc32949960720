/** Figures of the whole, each beside its floor from the same run. */
@NullMarked
package dev.sealift.ops.measure;

import org.jspecify.annotations.NullMarked;
