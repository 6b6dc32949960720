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
import java.util.List;
import java.util.Map;

/** Reads what devices noted down in any number of files. For one thread. */
public final class NotesReader {
  private final List<Acknowledged> writes = new ArrayList<>();
  private final List<Receipted> receipts = new ArrayList<>();
  private final List<SeenHead> heads = new ArrayList<>();
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
      case Notes.WRITTEN -> writes.add(Notes.written(note));
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
    return new Evidence(roster, writes, receipts, heads, devices, spaces);
  }
}
