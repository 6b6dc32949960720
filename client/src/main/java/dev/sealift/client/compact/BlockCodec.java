package dev.sealift.client.compact;

import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.protocol.FormatException;

/**
 * A block as bytes, and back. {@code decode(encode(block))} equals the block, and equal blocks have equal bytes. Decoding trusts nothing: whatever the bytes, it returns a block of bounded weight ({@link BlockWeight}) or
 * throws one of its two exceptions.
 *
 * <pre>
 * block     = version (1) ‖ first ‖ base ‖ devices ‖ stamps ‖ policies ‖ judgements ‖ tables ‖ files
 * devices   = number ‖ ids, 32 bytes each                        in their order, each that is referred to
 * stamps    = number ‖ places ‖ times ‖ devices ‖ sequences      in the order in which rows first refer to them
 * policies  = number ‖ tables ‖ keeps (1 window, 2 all, 3 feed, 4 lifetime) ‖ sequences ‖ server times ‖ lifetimes, of those
 * judgements = number ‖ devices ‖ transactions ‖ hashes, 32 bytes each ‖ sequences ‖ conflicts (0, 1)
 * tables    = number ‖ table*                                    in the order of their names
 * table     = name ‖ rows, number ‖ keys                         ascending
 *             ‖ cells, number ‖ names ‖ kinds                    0 register, 1 multi-value register, 2 counter, 3 set, 4 updates
 *             ‖ markers ‖ removals ‖ touches                     0 none, else 1 + the stamp
 *             ‖ registers ‖ parts ‖ dropped ‖ losers ‖ lines ‖ feed
 * registers = of each row how many ‖ cells ‖ stamps (0 the row's marker, else 1 + the stamp) ‖ values of each cell that has one
 * parts     = of each row how many ‖ cells ‖ stamps ‖ values of each cell that has one
 * dropped   = of each row how many ‖ cells ‖ stamps
 * losers    = of each row how many ‖ cells, 0 the row, else 1 + the cell ‖ times ‖ devices ‖ reasons ‖ rivals' times ‖ rivals' devices ‖ since ‖ transactions ‖ values
 * lines     = of each row how many ‖ cells as there ‖ kinds of runs ‖ times ‖ devices ‖ sequences ‖ which in their files ‖ server times ‖ values
 * feed      = of each row whether ‖ offsets ‖ times ‖ devices ‖ sequences
 * files     = number ‖ sequences ‖ authors ‖ counters ‖ which have an id: 0 none, 1 one, 2 one with an edge in front ‖ ids, 32 bytes each
 *             ‖ edges, 32 bytes for each 1 in the sequence before ‖ server times ‖ bases ‖ places ‖ publics ‖ newest events
 * </pre>
 *
 * Numbers by themselves are unsigned LEB128; several are a {@link dev.sealift.client.pack.IntegerSeries}; names, keys and values are columns as those of events, with their length in front, and are left out where there is none.
 */
public final class BlockCodec {
  /** It rises with every change that an older reader would misread. */
  static final int VERSION = 1;

  /** A file without its id, with it, and with it and the edge of the tree in front. */
  static final int UNNAMED = 0;

  static final int NAMED = 1;
  static final int FIRST_NAMED = 2;

  private BlockCodec() {}

  public static byte[] encode(Block block) {
    return new BlockWriter(block).write();
  }

  /**
   * @throws FormatException when the bytes are not a block that this version could have written
   * @throws UnknownPayloadVersionException when they are of a newer version
   */
  public static Block decode(byte[] bytes) throws FormatException, UnknownPayloadVersionException {
    return new BlockReader(bytes).read();
  }
}
