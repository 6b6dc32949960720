/** The README's first command: two devices and a mesh, in a minute, on real rows. */
@NullMarked
package dev.sealift.ops.demo;

import org.jspecify.annotations.NullMarked;
