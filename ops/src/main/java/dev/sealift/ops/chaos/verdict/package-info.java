/** What was promised against what is there: plain, and without a mesh. */
@NullMarked
package dev.sealift.ops.chaos.verdict;

import org.jspecify.annotations.NullMarked;
