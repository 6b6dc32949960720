package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes the files that {@link StoreFileTest} opens as a later version would. Run by hand once for each version of the
 * database, with the folder to put them into; never again for a version that was released.
 */
public final class GoldenStore {
  /** Entries in the journal at the end. */
  static final long PENDING = 3;

  private GoldenStore() {}

  public static void main(String[] arguments) throws IOException {
    Path target = Path.of(arguments[0]);
    try (TestFolder folder = new TestFolder()) {
      TestDevice device = folder.device("golden").withCities();
      TestDevice other = folder.device("other").withCities();
      other.put("far", values("Hobart", 1));
      other.put("both", values("theirs", 2));
      device.put("sent", values("Großenkneten", 3));
      device.put("gone", values("x", 4));
      device.remove("gone");
      device.pack();
      device.millis -= 1_000;
      device.put("both", values("ours", 5));
      device.put(
          "blob", Map.of("name", Value.of(new byte[] {0, 1, 2}), "population", Value.of(0.5)));
      device.receive(other.pack());
      device.patch("far", Map.of("country", Value.of("AU")));
      Files.writeString(target.resolve("version-1.visible"), device.store.visibleDigest() + "\n");
      Files.writeString(target.resolve("version-1.merge"), device.store.mergeDigest() + "\n");
      device.store.close();
      Files.copy(device.file, target.resolve("version-1.db"));
    }
  }

  private static Map<String, Value> values(String name, long population) {
    return Map.of(
        "name", Value.of(name), "country", Value.NULL, "population", Value.of(population));
  }
}
