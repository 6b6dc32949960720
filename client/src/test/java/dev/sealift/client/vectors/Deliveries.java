package dev.sealift.client.vectors;

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
          batch.apply(file(i + 1, files.get(i), places.counter(i), places.base(i)));
        }
        batch.commit();
      }
      return Json.of("visible_digest", store.visibleDigest().toString())
          .text("merge_digest", store.mergeDigest().toString());
    } finally {
      delete(folder);
    }
  }

  private static RemoteFile file(long sequence, LogFile file, long counter, long base) {
    List<Event> events = file.events();
    HybridTime newest = ModelPlaces.newest(file);
    Hash hash = Hash.of(new byte[] {(byte) sequence});
    LogEntry entry = new LogEntry(
        sequence, FileId.of(hash), file.device(), counter, file.serverTimeMillis(), base, hash);
    return new RemoteFile(
        entry, newest, sequence - 1, events.stream().map(Event::run).toList());
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
