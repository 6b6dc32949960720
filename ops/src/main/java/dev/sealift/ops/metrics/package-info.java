/** What the metrics of all verticles have in common: buckets, the view of the mesh, and the text that a process shows of them. */
@NullMarked
package dev.sealift.ops.metrics;

import org.jspecify.annotations.NullMarked;
