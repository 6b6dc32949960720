/** The conversation between a device and a gateway. */
@NullMarked
package dev.sealift.protocol.wire;

import org.jspecify.annotations.NullMarked;
