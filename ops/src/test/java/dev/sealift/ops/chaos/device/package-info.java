/** Tests of the devices that write during a fault test. */
@NullMarked
package dev.sealift.ops.chaos.device;

import org.jspecify.annotations.NullMarked;
