package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.protocol.id.Hash;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The runs of one transaction in a file, guards first. */
final class WholeTransaction {
  private final List<EventRun> runs;
  private byte @Nullable [] hash;

  private WholeTransaction(List<EventRun> runs) {
    this.runs = runs;
  }

  /** Those that stand at a place of a file's runs, which are of one transaction. */
  static WholeTransaction at(List<EventRun> file, int from) {
    int to = from;
    while (to < file.size() && file.get(to).transaction() == file.get(from).transaction()) {
      to++;
    }
    return new WholeTransaction(file.subList(from, to));
  }

  long number() {
    return runs.get(0).transaction();
  }

  List<EventRun> guards() {
    return runs.stream().filter(run -> run.kind() == RunKind.GUARD).toList();
  }

  /** Of its events, in whatever runs they stand: equal for equal transactions, also where they were packed again, and alike on all devices: compactions carry it. */
  byte[] hash() {
    if (hash == null) {
      hash = computeHash();
    }
    return hash;
  }

  private byte[] computeHash() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (EventRun run : runs) {
        for (RowEvent event : run.rows()) {
          write(out, run, event);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return Hash.of(bytes.toByteArray()).toByteArray();
  }

  private static void write(DataOutputStream out, EventRun run, RowEvent event) throws IOException {
    SortedMap<String, byte[]> values = new TreeMap<>();
    for (int i = 0; i < run.columns().size(); i++) {
      values.put(run.columns().get(i), event.values().get(i).canonical());
    }
    write(out, run.kind().name());
    write(out, run.table());
    write(out, event.key());
    out.writeLong(event.time().bits());
    out.writeInt(values.size());
    for (var value : values.entrySet()) {
      write(out, value.getKey());
      out.writeInt(value.getValue().length);
      out.write(value.getValue());
    }
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
