package dev.sealift.ops.bench;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import java.net.URI;
import java.nio.file.Path;

/**
 * One device whose memory is watched. Arguments: {@code write}, home, mesh, rows, bytes a row: writes and uploads, and says a link; or
 * {@code read}, home, link: takes everything in, and says the digest. Then answers.
 */
final class DeviceMain {
  static final String WRITE = "write";
  static final String READ = "read";

  private DeviceMain() {}

  public static void main(String[] arguments) throws Exception {
    LiveHeap heap = new LiveHeap();
    heap.peakBytes();
    try (Sealift home = Sealift.open(Path.of(arguments[1]))) {
      String said = arguments[0].equals(WRITE)
          ? write(home, URI.create(arguments[2]), rows(arguments))
          : read(home, arguments[2]);
      System.out.println(said);
      System.out.println(heap.peakBytes());
      Answering.untilNobodyAsks();
    }
  }

  private static SampleRows rows(String... arguments) {
    return new SampleRows(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]), 0);
  }

  private static String write(Sealift home, URI mesh, SampleRows rows) throws Exception {
    Space space = home.create("memory", SampleRows.schema());
    space.table(SampleRows.TABLE).putAll(rows);
    space.connect(mesh);
    Workbench.await(space.whenDurable());
    return space.invite();
  }

  private static String read(Sealift home, String link) throws Exception {
    Space space = home.join(link);
    space.connect();
    Workbench.await(space.whenUpToDate());
    return space.digest();
  }
}
