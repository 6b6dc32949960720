/** Figures, and one small run of everything that is measured. */
@NullMarked
package dev.sealift.ops.bench;

import org.jspecify.annotations.NullMarked;
