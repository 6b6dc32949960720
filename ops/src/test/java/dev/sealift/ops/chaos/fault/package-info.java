/** Tests of the fault test. */
@NullMarked
package dev.sealift.ops.chaos.fault;

import org.jspecify.annotations.NullMarked;
