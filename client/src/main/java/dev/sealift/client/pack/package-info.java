/**
 * From events to a file's plaintext and back: laid out by column, deflated, padded. No keys here,
 * and no database.
 *
 * <p>Start at {@link dev.sealift.client.pack.PayloadCodec}; {@link
 * dev.sealift.client.pack.PayloadPacker} fills payloads from a stream of events. The bytes are
 * specified in the protocol's documentation, and pinned by golden tests.
 */
@NullMarked
package dev.sealift.client.pack;

import org.jspecify.annotations.NullMarked;
