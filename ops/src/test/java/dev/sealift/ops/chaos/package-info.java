/** Tests of the fault test. */
@NullMarked
package dev.sealift.ops.chaos;

import org.jspecify.annotations.NullMarked;
