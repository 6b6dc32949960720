package dev.sealift.client.compact;

import dev.sealift.client.pack.ByteReader;
import dev.sealift.client.pack.Deflated;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.protocol.FormatException;
import java.util.Optional;

/** Takes the blocks out of the plaintext of a part, one after the other: one of them is in memory beside the plaintext. The layout is in {@link PartPacker}. */
public final class PartReader {
  private final ByteReader in;

  /** @throws FormatException when the bytes are no plaintext */
  public PartReader(byte[] plaintext) throws FormatException {
    in = new ByteReader(Deflated.unwrap(plaintext));
    if (in.remaining() == 0) {
      throw new FormatException("a part has no block");
    }
  }

  /**
   * The next block; empty behind the last.
   *
   * @throws FormatException when it is not one that this version could have written
   * @throws UnknownPayloadVersionException when it is of a newer version
   */
  public Optional<Block> next() throws FormatException, UnknownPayloadVersionException {
    if (in.remaining() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        BlockCodec.decode(in.readBytes(in.readCount(in.remaining())).toByteArray()));
  }
}
