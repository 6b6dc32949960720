package dev.sealift.ops.simulate;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** What happened in a run, line by line, and a hash of it all: of two runs of one seed it is the same. */
final class Trace {
  private final Scheduler scheduler;
  private final long startMillis;
  private final boolean keep;
  private final List<String> lines = new ArrayList<>();
  private final MessageDigest digest = Hash.sha256();

  /** @param keep whether the lines are wanted, and not their hash alone */
  Trace(Scheduler scheduler, boolean keep) {
    this.scheduler = scheduler;
    this.startMillis = scheduler.nowMillis();
    this.keep = keep;
  }

  void say(String who, String what) {
    long millis = scheduler.nowMillis() - startMillis;
    String line = String.format(
        Locale.ROOT,
        "%3dd %02d:%02d:%02d.%03d  %-6s %s",
        millis / 86_400_000,
        millis / 3_600_000 % 24,
        millis / 60_000 % 60,
        millis / 1_000 % 60,
        millis % 1_000,
        who,
        what);
    digest.update(line.getBytes(StandardCharsets.UTF_8));
    if (keep) {
      lines.add(line);
    }
  }

  /** Has the hash go by what nobody needs to read. */
  void note(ByteString what) {
    digest.update(what.asReadOnlyByteBuffer());
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  /** Ends the trace. */
  String hash() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
