/** Plots as SVG, of points that are given. */
@NullMarked
package dev.sealift.ops.plot;

import org.jspecify.annotations.NullMarked;
