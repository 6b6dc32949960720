/**
 * What a compaction carries, as bytes and back. No keys here, and no database: the package {@code store} gives what it has of rows, and takes in what comes.
 *
 * <p>{@link dev.sealift.client.compact.BlockCutter} cuts a stream of rows into blocks, {@link dev.sealift.client.compact.BlockCodec} has the layout of one, and {@link
 * dev.sealift.client.compact.PartPacker} and {@link dev.sealift.client.compact.PartReader} put as many as fit into the payload of a part, and take them out. Blocks are canonical: whoever carries the same cuts it at the
 * same places and has the same bytes. How many of them a part has is for its author to choose, since that depends on what deflating makes of them.
 */
@NullMarked
package dev.sealift.client.compact;

import org.jspecify.annotations.NullMarked;
