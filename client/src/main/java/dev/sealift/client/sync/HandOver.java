package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.SpaceId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that one device hands over to another, as bytes:
 *
 * <pre>
 * "sealift handover" ‖ version, u32: 1 ‖ space (32) ‖ number of files, u32
 * ‖ for each file: length of the signed header, u32 ‖ signed header ‖ payload, as long as the header says
 * </pre>
 *
 * <p>Each file stands behind the one before it in its chain and behind those that it builds on, as far as they are here. What is sealed stays sealed: who finds it learns no more than a mesh does.
 *
 * @param space which all of them are of
 */
public record HandOver(SpaceId space, List<Handed> files) {
  /** Of files: far more than people write between two meetings. */
  static final int MAX_FILES = 1024;

  /** Of them all: it is in memory at once. */
  static final long MAX_BYTES = 64L << 20;

  /** Of events in them all: small rows come to it before they come to the bytes; and what a device shows in about a minute. */
  static final int MAX_EVENTS = 1 << 20;

  private static final byte[] MAGIC = "sealift handover".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;

  public HandOver {
    files = List.copyOf(files);
  }

  /** The signed headers of the files, in their order. */
  public List<SignedHeader> headers() {
    return files.stream().map(Handed::file).toList();
  }

  /** How many files there are. */
  public int size() {
    return files.size();
  }

  /** @throws SealiftException {@code TOO_MANY_FILES} */
  static HandOver of(SpaceId space, List<Handed> files) {
    if (!fits(files.size(), bytes(files))) {
      throw tooMuch();
    }
    return new HandOver(space, files);
  }

  static long bytes(List<Handed> files) {
    return files.stream().mapToLong(Handed::bytes).sum();
  }

  static boolean fits(int files, long bytes) {
    return files <= MAX_FILES && bytes <= MAX_BYTES;
  }

  static SealiftException tooMuch() {
    return new SealiftException(
        ErrorCode.TOO_MANY_FILES,
        "There is more to hand over, or to keep, than fits: " + MAX_FILES + " files, "
            + (MAX_BYTES >> 20) + " MiB, " + MAX_EVENTS + " events. Connect to the mesh first.");
  }

  /** Writes all of it; does not close. */
  public void writeTo(OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.write(MAGIC);
    data.writeInt(VERSION);
    data.write(space.toByteArray());
    data.writeInt(files.size());
    for (Handed handed : files) {
      byte[] header = handed.file().toByteArray();
      data.writeInt(header.length);
      data.write(header);
      handed.payload().writeTo(data);
    }
    data.flush();
  }

  /**
   * Reads to the end, and checks lengths, headers and nothing else.
   *
   * @throws SealiftException {@code BAD_HAND_OVER}, {@code NEWER_FORMAT}
   */
  public static HandOver read(InputStream in) throws IOException {
    try {
      DataInputStream data = new DataInputStream(in);
      require(Arrays.equals(bytes(data, MAGIC.length), MAGIC), "it does not begin as one");
      if (data.readInt() != VERSION) {
        throw newer(null);
      }
      SpaceId space = SpaceId.of(bytes(data, SpaceId.BYTES));
      int count = data.readInt();
      require(count >= 0 && count <= MAX_FILES, "it has more files than it may");
      List<Handed> files = files(data, count);
      require(data.read() < 0, "there is something behind its end");
      return new HandOver(space, files);
    } catch (EOFException e) {
      throw bad("it was cut off", e);
    } catch (NewerFormatException e) {
      throw newer(e);
    } catch (FormatException e) {
      throw bad(e.getMessage(), e);
    }
  }

  private static List<Handed> files(DataInputStream data, int count)
      throws IOException, FormatException {
    List<Handed> files = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      int length = data.readInt();
      require(length > 0 && length <= Limits.MAX_SIGNED_HEADER_BYTES, "a header has no length");
      SignedHeader file = SignedHeader.parse(bytes(data, length));
      bytes += length + (long) file.header().payloadLength();
      require(bytes <= MAX_BYTES, "it is longer than it may be");
      files.add(new Handed(file, ByteString.copyFrom(bytes(data, file.header().payloadLength()))));
    }
    return files;
  }

  private static byte[] bytes(DataInputStream data, int length) throws IOException {
    byte[] bytes = data.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw bad(otherwise, null);
    }
  }

  private static SealiftException bad(String why, @Nullable Throwable e) {
    return new SealiftException(
        ErrorCode.BAD_HAND_OVER,
        "These are no files of Sealift, or they were damaged on their way: " + why
            + ". Nothing was taken; have them handed over once more.",
        e);
  }

  private static SealiftException newer(@Nullable Throwable e) {
    return new SealiftException(
        ErrorCode.NEWER_FORMAT,
        "What was handed over is of a newer version of Sealift. Nothing was taken: update the app.",
        e);
  }
}
