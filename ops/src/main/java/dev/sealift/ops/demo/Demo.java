package dev.sealift.ops.demo;

import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.value.Value;
import dev.sealift.ops.csv.CsvException;
import dev.sealift.ops.csv.CsvFile;
import dev.sealift.ops.csv.CsvImport;
import dev.sealift.ops.csv.CsvSurvey;
import dev.sealift.ops.csv.CsvSurveyor;
import dev.sealift.ops.exchange.Exchange;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Progress;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The whole of Sealift in a minute: a mesh, two devices, real rows. Every claim is checked, and one that does not hold fails the
 * demo.
 */
public final class Demo {
  private static final String TABLE = "cities";
  private static final String KEY = "id";
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Keys are hexadecimal hashes: these are one row in 64, from all over the file. */
  private static final String SAMPLE =
      "select * from cities where substr(id, -2) in ('00', '40', '80', 'c0') or length(name) > 40";

  /** Names below this also occur by chance; see {@link PlaintextSearch}. */
  private static final int SEARCHED_NAME_BYTES = 8;

  /** Two devices that both have everything need a few rounds to have each other's last words, and not more. */
  private static final int ROUNDS_TO_AGREE = 10;

  private final Console console;
  private final Path folder;
  private final String version;

  /**
   * @param folder empty; the mesh and both devices live in it
   */
  public Demo(Console console, Path folder, String version) {
    this.console = console;
    this.folder = folder;
    this.version = version;
  }

  public void run() throws MeshStartException, CsvException, IOException, DemoFailedException {
    Path store = folder.resolve("mesh");
    Path homeA = folder.resolve("device-a");
    try (MeshProcess mesh = MeshProcess.start(MeshOptions.whole(store, 0), version)) {
      step("mesh", "A mesh is up on %s.".formatted(mesh.url().orElseThrow()), new JsonObject());
      DemoReport report = new DemoReport();
      List<String> secrets;
      PlaintextSearch search;
      try (Sealift deviceA = Sealift.open(homeA);
          Sealift deviceB = Sealift.open(folder.resolve("device-b"))) {
        Space spaceA = deviceA.create("cities of the world", Schema.empty());
        load(spaceA, report);
        secrets = secrets(spaceA);
        search = new PlaintextSearch(withoutThoseOf(secrets, store));
        upload(spaceA, mesh.url().orElseThrow(), report);
        Space spaceB = join(spaceA, deviceB, report);
        divergeAndMeet(spaceA, spaceB, report);
      }
      report.wireBytes = mesh.wireBytes();
      lookForPlaintext(search, store, homeA, report);
      finish(report);
    }
  }

  private void load(Space space, DemoReport report) throws CsvException {
    long start = System.nanoTime();
    CsvFile file = CsvFile.ofResource(Demo.class, "cities.csv.gz");
    CsvSurvey survey = CsvSurveyor.survey(file, KEY);
    try (Progress progress = console.progress("import", survey.rows(), "rows")) {
      new CsvImport(space, TABLE, progress).run(file, survey);
    }
    report.rows = survey.rows();
    step(
        "import",
        "Device A imported %,d rows in %s, offline.".formatted(report.rows, seconds(start)),
        new JsonObject().put("rows", report.rows).put("seconds", secondsSince(start)));
  }

  private void upload(Space space, URI mesh, DemoReport report) {
    long start = System.nanoTime();
    space.connect(mesh);
    new Exchange(space).awaitDurable(console, PATIENCE);
    report.uploadSeconds = secondsSince(start);
    step(
        "upload",
        "Device A sent them, sealed; the mesh has them on disk after %s.".formatted(seconds(start)),
        new JsonObject().put("seconds", report.uploadSeconds));
  }

  private Space join(Space inviter, Sealift deviceB, DemoReport report) {
    new Exchange(inviter).awaitUpToDate(console, PATIENCE);
    String link = inviter.invite();
    long start = System.nanoTime();
    Space joined = deviceB.join(link);
    joined.connect();
    new Exchange(joined).awaitUpToDate(console, PATIENCE);
    report.firstSyncSeconds = secondsSince(start);
    step(
        "first-sync",
        "Device B joined by a link and has all of them after %s.".formatted(seconds(start)),
        new JsonObject()
            .put("rows", joined.table(TABLE).count())
            .put("seconds", report.firstSyncSeconds));
    return joined;
  }

  private void divergeAndMeet(Space a, Space b, DemoReport report) throws DemoFailedException {
    check(a.digest().equals(b.digest()), "the devices differ after the first sync");
    a.disconnect();
    b.disconnect();
    OfflineEdits edits = OfflineEdits.on(a);
    edits.makeOnA(a.table(TABLE));
    edits.makeOnB(b.table(TABLE));
    check(!a.digest().equals(b.digest()), "edits offline changed nothing");
    step(
        "offline-edits",
        "Both went offline and edited: the same cell, different cells of a row, removals, a revival, new rows.",
        new JsonObject());
    a.connect();
    b.connect();
    agree(a, b, report);
    check(edits.areIn(a.table(TABLE)) && edits.areIn(b.table(TABLE)), "an edit was lost");
    step(
        "agree",
        "They met again and agree; of the cell that both wrote, both show '%s'."
            .formatted(edits.winner(a.table(TABLE))),
        new JsonObject().put("equal", report.isEqual()));
  }

  private void agree(Space a, Space b, DemoReport report) throws DemoFailedException {
    for (int round = 0; round < ROUNDS_TO_AGREE && !report.isEqual(); round++) {
      for (Space space : List.of(a, b)) {
        new Exchange(space).awaitDurable(console, PATIENCE);
      }
      for (Space space : List.of(a, b)) {
        new Exchange(space).awaitUpToDate(console, PATIENCE);
      }
      report.digestA = a.digest();
      report.digestB = b.digest();
    }
    check(report.isEqual(), "the devices do not agree");
  }

  /** What nobody but the devices may know: names of table and columns, keys, names of places, what was edited. */
  private static List<String> secrets(Space space) {
    List<String> secrets = new ArrayList<>(OfflineEdits.TEXTS);
    secrets.add(TABLE);
    secrets.add(space.name());
    try (QueryResult rows = space.query(SAMPLE)) {
      secrets.addAll(rows.columns());
      while (rows.next()) {
        secrets.addAll(
            rows.row().stream().flatMap(value -> secret(value).stream()).toList());
      }
    }
    return secrets;
  }

  private static java.util.Optional<String> secret(Value value) {
    return value instanceof Value.Text text && value.canonicalLength() > SEARCHED_NAME_BYTES
        ? java.util.Optional.of(text.value())
        : java.util.Optional.empty();
  }

  /** Words that a store without any data has in it already say nothing. */
  private static List<String> withoutThoseOf(List<String> secrets, Path store) throws IOException {
    Set<String> innocent = new PlaintextSearch(secrets).found(store);
    return secrets.stream().filter(text -> !innocent.contains(text)).distinct().toList();
  }

  private void lookForPlaintext(PlaintextSearch search, Path store, Path homeA, DemoReport report)
      throws IOException, DemoFailedException {
    int atHome = search.found(homeA).size();
    check(atHome > search.texts() / 2, "the search does not even find what is on device A");
    report.plaintextFound = !search.found(store).isEmpty();
    step(
        "search",
        "Of %,d names, keys and values, the mesh's files contain %s (device A's own store: %,d)."
            .formatted(search.texts(), report.plaintextFound ? "some" : "none", atHome),
        new JsonObject()
            .put("texts", search.texts())
            .put("foundOnDevice", atHome)
            .put("plaintextFound", report.plaintextFound));
    check(!report.plaintextFound, "the mesh's store has plaintext in it");
  }

  private void finish(DemoReport report) {
    console.result(
        String.format(
            Locale.ROOT,
            "%nDone: %,d rows, uploaded in %.1f s, first sync in %.1f s, %.1f MB on the wire, equal digests:%n  %s",
            report.rows,
            report.uploadSeconds,
            report.firstSyncSeconds,
            report.wireBytes / 1e6,
            report.digestA),
        report.json());
  }

  private void step(String name, String line, JsonObject details) {
    console.result("· " + line, new JsonObject().put("step", name).mergeIn(details));
    console.data().flush();
  }

  private static void check(boolean condition, String otherwise) throws DemoFailedException {
    if (!condition) {
      throw new DemoFailedException("The demo failed: " + otherwise + ".");
    }
  }

  private static String seconds(long start) {
    return String.format(Locale.ROOT, "%.1f s", secondsSince(start));
  }

  private static double secondsSince(long start) {
    return Math.round((System.nanoTime() - start) / 1e7) / 1e2;
  }
}
