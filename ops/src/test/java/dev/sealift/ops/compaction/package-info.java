/** What operators are shown of compacting. */
@NullMarked
package dev.sealift.ops.compaction;

import org.jspecify.annotations.NullMarked;
