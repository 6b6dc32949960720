package dev.sealift.client.pack;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import java.util.List;

/**
 * Events to the plaintext of a file's payload, and back.
 *
 * <p>A plaintext is an {@code EventsPayload}, deflated and padded; {@link Deflated} has the outer
 * layout and {@link Encoding} that of the columns. Encoding is deterministic for one deflate
 * library, and {@code decode(encode(runs))} equals {@code runs}, to the bit. Decoding trusts
 * nothing: whatever the bytes, it returns events within {@link PayloadLimits} or throws one of its
 * two exceptions, having allocated no more than a small multiple of those limits. Stateless and
 * thread-safe.
 */
public final class PayloadCodec {
  /**
   * The highest version of the payload's format that is read. It rises with every change that an
   * older reader would misread; a payload is of the lowest version that has what is in it.
   */
  public static final int VERSION = 2;

  /** The version that transactions came with. */
  static final int TRANSACTIONS_VERSION = 2;

  /** The version of what has no transactions. */
  static final int FIRST_VERSION = 1;

  private PayloadCodec() {}

  /**
   * @throws IllegalArgumentException when the runs do not fit into one payload; {@link
   *     PayloadPacker} splits them
   */
  public static byte[] encode(List<EventRun> runs) {
    byte[] content = RunsWriter.write(runs);
    byte[] plaintext = Deflated.wrap(content);
    if (content.length > Limits.MAX_UNPACKED_PAYLOAD_BYTES
        || plaintext.length > PayloadLimits.MAX_PLAINTEXT_BYTES
        || !Tally.of(runs).fits()) {
      throw new IllegalArgumentException("these events do not fit into one payload");
    }
    return plaintext;
  }

  /**
   * @throws FormatException when the bytes are not a payload that this version could have written
   * @throws UnknownPayloadVersionException when they are of a newer version
   */
  public static List<EventRun> decode(byte[] plaintext)
      throws FormatException, UnknownPayloadVersionException {
    return RunsReader.read(Deflated.unwrap(plaintext));
  }
}
