package dev.sealift.protocol.evidence;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.proto.Files;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Reads what {@link EvidenceWriter} has written, with one frame in memory. For one thread. Does not close what it reads from. */
public final class EvidenceReader {
  private final DataInputStream in;
  private final Evidence evidence;

  /**
   * Reads what it is evidence of.
   *
   * @throws FormatException when it is no evidence, was cut off, or is not its reporter's
   * @throws NewerFormatException when it is of a newer version
   */
  public EvidenceReader(InputStream in) throws IOException, FormatException {
    this.in = new DataInputStream(in);
    byte[] magic = EvidenceWriter.magic();
    if (!Arrays.equals(this.in.readNBytes(magic.length), magic)) {
      throw new FormatException("it does not begin as evidence");
    }
    int version = number().orElseThrow(EvidenceReader::cutOff);
    if (version > EvidenceWriter.VERSION) {
      throw new NewerFormatException("evidence of a newer version");
    }
    if (version != EvidenceWriter.VERSION) {
      throw new FormatException("it has no version that evidence can have");
    }
    evidence =
        Evidence.parse(message(Limits.MAX_EVIDENCE_BYTES).orElseThrow(EvidenceReader::cutOff));
  }

  public Evidence evidence() {
    return evidence;
  }

  /** The next files of the log; empty at the end. They are bytes from outside: nothing in them was looked at. */
  public Optional<Files> next() throws IOException, FormatException {
    Optional<ByteString> bytes = message(Limits.MAX_FRAME_BYTES);
    try {
      return bytes.isEmpty() ? Optional.empty() : Optional.of(Files.parseFrom(bytes.get()));
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("files of the log are no protobuf message", e);
    }
  }

  private Optional<ByteString> message(int most) throws IOException, FormatException {
    Optional<Integer> length = number();
    if (length.isEmpty()) {
      return Optional.empty();
    }
    if (length.get() < 1 || length.get() > most) {
      throw new FormatException("a part of it has no length that it can have");
    }
    byte[] bytes = in.readNBytes(length.get());
    if (bytes.length < length.get()) {
      throw cutOff();
    }
    return Optional.of(ByteString.copyFrom(bytes));
  }

  /** Empty at the end. */
  private Optional<Integer> number() throws IOException, FormatException {
    byte[] bytes = in.readNBytes(Integer.BYTES);
    if (bytes.length == 0) {
      return Optional.empty();
    }
    if (bytes.length < Integer.BYTES) {
      throw cutOff();
    }
    return Optional.of(ByteBuffer.wrap(bytes).getInt());
  }

  private static FormatException cutOff() {
    return new FormatException("it was cut off");
  }
}
