package dev.sealift.ops.cli;

import dev.sealift.ops.simulate.SpaceHistory;
import dev.sealift.ops.simulate.TwoHistories;
import dev.sealift.ops.simulate.TwoYears;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Progress;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Years of a space with compaction and without, and what is to be seen of them. */
final class TwoYearsRun {
  /** What a new device may be answered more often where nothing was compacted. */
  private static final long REQUESTS_SPARED = 50;

  private static final String TABLE = "two-years.csv";
  private static final String PLOT = "two-years.svg";

  private final Console console;
  private final Path folder;

  /** @param folder where table and plot go */
  TwoYearsRun(Console console, Path folder) {
    this.console = console;
    this.folder = folder;
  }

  /** Returns whether all is as it is to be. */
  boolean run(long seed, int days) throws Refusal, InterruptedException {
    Path to = requireFolder();
    TwoHistories both;
    try (Progress progress = console.progress("two years", 2L * days, "days")) {
      both = TwoYears.run(seed, days, progress::reached);
    }
    write(to.resolve(TABLE), both.table());
    write(to.resolve(PLOT), both.plot());
    console.result(text(both), json(both));
    return both.isEqual() && both.with().isBelowUpper();
  }

  private Path requireFolder() throws Refusal {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  private static void write(Path file, String content) throws Refusal {
    try {
      Files.writeString(file, content);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static Refusal unusable(Path path, IOException why) {
    return new Refusal(
        "output-unusable",
        "%s cannot be written: %s. Name another folder with --to."
            .formatted(path, why.getMessage()));
  }

  private String text(TwoHistories both) {
    SpaceHistory with = both.with();
    SpaceHistory without = both.without();
    return """
        %d days, %d files, %d without compaction; %s
        live files      %d at most, upper is %d%s
        compactions     %d, %d of them beside another one
        live bytes      %d, %.2f times the %d of a compaction of everything
        a new device    %d requests and %d bytes, without compaction %d and %d: 1/%.1f (to be: less than 1/%d)
        table and plot  %s, %s""".formatted(
            with.samples().size(),
            with.last().files(),
            without.last().files(),
            both.isEqual() ? "all devices agree, with and without" : "DEVICES DO NOT AGREE",
            with.maxLiveFiles(),
            with.upper(),
            with.isBelowUpper() ? "" : ": EXCEEDED",
            with.compactions(),
            with.simultaneous(),
            with.last().liveBytes(),
            (double) with.last().liveBytes() / with.compactedBytes(),
            with.compactedBytes(),
            with.requests(),
            with.wireBytes(),
            without.requests(),
            without.wireBytes(),
            (double) without.requests() / with.requests(),
            REQUESTS_SPARED,
            folder.resolve(TABLE),
            folder.resolve(PLOT));
  }

  private static JsonObject json(TwoHistories both) {
    SpaceHistory with = both.with();
    return new JsonObject()
        .put("days", with.samples().size())
        .put("files", with.last().files())
        .put("upper", with.upper())
        .put("maxLiveFiles", with.maxLiveFiles())
        .put("compactions", with.compactions())
        .put("simultaneous", with.simultaneous())
        .put("liveBytes", with.last().liveBytes())
        .put("compactedBytes", with.compactedBytes())
        .put("heldBytes", with.last().heldBytes())
        .put("bytesWithout", both.without().last().heldBytes())
        .put("requests", with.requests())
        .put("requestsWithout", both.without().requests())
        .put("wireBytes", with.wireBytes())
        .put("wireBytesWithout", both.without().wireBytes())
        .put("equal", both.isEqual());
  }
}
