package dev.sealift.ops.chaos.verdict;

import dev.sealift.ops.chaos.verdict.Evidence.Acknowledged;
import dev.sealift.ops.chaos.verdict.Evidence.DeviceState;
import dev.sealift.ops.chaos.verdict.Evidence.LogFile;
import dev.sealift.ops.chaos.verdict.Evidence.Member;
import dev.sealift.ops.chaos.verdict.Evidence.Receipted;
import dev.sealift.ops.chaos.verdict.Evidence.SeenHead;
import dev.sealift.ops.chaos.verdict.Evidence.SpaceLog;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what devices noted down in any number of files, and holds what the judging needs of it: of a device's acknowledgements the last alone,
 * and nothing twice that was noted twice. For one thread.
 */
public final class NotesReader {
  private final Map<String, Acknowledged> writes = new LinkedHashMap<>();
  private final Set<Receipted> receipts = new LinkedHashSet<>();
  private final Set<SeenHead> heads = new LinkedHashSet<>();
  private final List<DeviceState> devices = new ArrayList<>();
  private final Map<String, List<LogFile>> logs = new LinkedHashMap<>();

  public void read(Path file) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(new JsonObject(line));
      }
    }
  }

  private void take(JsonObject note) {
    switch (note.getString(Notes.NOTE)) {
      case Notes.WRITTEN -> {
        Acknowledged write = Notes.written(note);
        writes.merge(write.device(), write, (a, b) -> a.upTo() >= b.upTo() ? a : b);
      }
      case Notes.RECEIPT -> receipts.add(Notes.receipt(note));
      case Notes.HEAD -> heads.add(Notes.head(note));
      case Notes.DEVICE -> devices.add(Notes.device(note));
      case Notes.FILE ->
        logs.computeIfAbsent(note.getString("space"), space -> new ArrayList<>())
            .add(Notes.file(note));
      default -> throw new IllegalArgumentException("nobody writes such notes: " + note);
    }
  }

  /** All that was read, beside the devices that should have written it. */
  public Evidence evidence(List<Member> roster) {
    List<SpaceLog> spaces = new ArrayList<>();
    logs.forEach((space, files) -> spaces.add(new SpaceLog(space, files)));
    return new Evidence(
        roster,
        List.copyOf(writes.values()),
        List.copyOf(receipts),
        List.copyOf(heads),
        devices,
        spaces);
  }
}
