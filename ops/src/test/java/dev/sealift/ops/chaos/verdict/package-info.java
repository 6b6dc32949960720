/** Tests of the fault test. */
@NullMarked
package dev.sealift.ops.chaos.verdict;

import org.jspecify.annotations.NullMarked;
