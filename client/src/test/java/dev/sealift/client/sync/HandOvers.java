package dev.sealift.client.sync;

import dev.sealift.protocol.file.SignedHeader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/** Looks into what is handed over, and takes it apart. */
public final class HandOvers {
  private HandOvers() {}

  private static HandOver read(byte[] handed) {
    try {
      return HandOver.read(new ByteArrayInputStream(handed));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The signed headers of the files, in their order. */
  public static List<SignedHeader> headers(byte[] handed) {
    return read(handed).headers();
  }

  /** The same without some of the files. */
  public static byte[] without(byte[] handed, List<SignedHeader> left) {
    HandOver all = read(handed);
    List<Handed> files =
        all.files().stream().filter(one -> !left.contains(one.file())).toList();
    return write(new HandOver(all.space(), files));
  }

  /** What a device would hand over that has these files. */
  public static byte[] of(Rogue.Made... made) {
    List<Handed> files =
        Stream.of(made).map(file -> new Handed(file.header(), file.payload())).toList();
    return write(new HandOver(made[0].header().space(), files));
  }

  /** Gives files to a device. */
  static int takeOver(Replica to, Rogue.Made... made) {
    return to.takeOver(read(of(made)));
  }

  private static byte[] write(HandOver all) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      all.writeTo(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
