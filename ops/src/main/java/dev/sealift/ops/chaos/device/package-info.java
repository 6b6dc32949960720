/** The devices that write and read all along, in JVMs of their own, and what they note down. */
@NullMarked
package dev.sealift.ops.chaos.device;

import org.jspecify.annotations.NullMarked;
