/** How compacting a space stands, as the mesh tells an operator: fetched, and drawn. */
@NullMarked
package dev.sealift.ops.compaction;

import org.jspecify.annotations.NullMarked;
