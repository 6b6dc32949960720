/** How frames are written into WebSocket messages: one codec for each subprotocol. */
@NullMarked
package dev.sealift.gateway.codec;

import org.jspecify.annotations.NullMarked;
