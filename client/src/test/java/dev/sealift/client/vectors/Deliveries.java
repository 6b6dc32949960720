package dev.sealift.client.vectors;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.LogEntry;
import dev.sealift.client.store.RemoteFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.vectors.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Brings files of events to a real store and asks it for its digests. */
public final class Deliveries {
  private static final DeviceId READER =
      DeviceId.of(Hash.of("reader".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));

  private Deliveries() {}

  /** The digests of a store that received these files. */
  static Json digests(SpaceRules rules, List<LogFile> files) {
    Path folder = temporary();
    try (SpaceStore store =
        SpaceStore.open(folder.resolve("space.db"), READER, () -> HybridTime.MAX_MILLIS)) {
      try (Batch batch = store.batch()) {
        batch.useRules(rules);
        ModelPlaces places = new ModelPlaces(rules, files);
        for (int i = 0; i < files.size(); i++) {
          batch.apply(file(i + 1, files, places));
        }
        batch.commit();
      }
      return Json.of("visible_digest", store.visibleDigest().toString())
          .text("merge_digest", store.mergeDigest().toString());
    } finally {
      delete(folder);
    }
  }

  private static RemoteFile file(int sequence, List<LogFile> files, ModelPlaces places) {
    LogFile file = files.get(sequence - 1);
    DotRef dot = dot(sequence, files, places);
    LogEntry entry = new LogEntry(
        sequence,
        dot.file(),
        dot.device(),
        dot.counter(),
        file.serverTimeMillis(),
        places.base(sequence - 1),
        hash(sequence));
    return new RemoteFile(
        entry,
        ModelPlaces.newest(file),
        sequence - 1L,
        file.events().stream()
            .map(event -> event.run(seen -> dot((int) seen, files, places)))
            .toList());
  }

  private static DotRef dot(int sequence, List<LogFile> files, ModelPlaces places) {
    DeviceId author = files.get(sequence - 1).device();
    return new DotRef(author, places.counter(sequence - 1), FileId.of(hash(sequence)));
  }

  private static Hash hash(int sequence) {
    return Hash.of(new byte[] {(byte) sequence});
  }

  public static Path temporary() {
    try {
      return Files.createTempDirectory("sealift-vectors");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
