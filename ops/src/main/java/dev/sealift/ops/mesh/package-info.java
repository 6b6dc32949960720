/** A process of the mesh: which verticles it runs, with whom it forms a cluster, how it starts and stops. */
@NullMarked
package dev.sealift.ops.mesh;

import org.jspecify.annotations.NullMarked;
