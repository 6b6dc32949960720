/** Meshes that come back from behind their devices. */
@NullMarked
package dev.sealift.ops.restore;

import org.jspecify.annotations.NullMarked;
