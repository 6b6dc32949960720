package dev.sealift.ops.crash;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A device in a process of its own that joins by a link, or goes on where the last one of this home was killed, and fetches. Says what
 * it held at its start ({@code resumed N}) and, when it has everything, its digest.
 */
public final class CrashingReader {
  private CrashingReader() {}

  public static void main(String[] arguments) throws Exception {
    try (Sealift sealift = Sealift.open(Path.of(arguments[0]))) {
      boolean joined = sealift.spaces().contains(CrashingDevice.SPACE);
      Space space = joined ? sealift.space(CrashingDevice.SPACE) : sealift.join(arguments[1]);
      System.out.println("resumed " + space.status().position());
      space.connect();
      space.whenUpToDate().get(120, TimeUnit.SECONDS);
      System.out.println("digest " + space.digest());
    }
  }
}
