/** Tests of what faults are done to. */
@NullMarked
package dev.sealift.ops.chaos.bed;

import org.jspecify.annotations.NullMarked;
