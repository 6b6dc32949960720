/** Processes killed at any instruction, and resumed. */
@NullMarked
package dev.sealift.ops.crash;

import org.jspecify.annotations.NullMarked;
