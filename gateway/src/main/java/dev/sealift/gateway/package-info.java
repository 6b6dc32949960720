/** A verticle for WebSocket sessions, flow control, file transfer and presence. */
@NullMarked
package dev.sealift.gateway;

import org.jspecify.annotations.NullMarked;
