package dev.sealift.ops.chaos.device;

import dev.sealift.client.Invitation;
import dev.sealift.client.Options;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.SpaceStatus;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.sync.SyncState;
import dev.sealift.ops.chaos.verdict.Evidence.LogFile;
import dev.sealift.ops.chaos.verdict.Notes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The devices of one process. For one thread; a second one watches over them. */
final class Fleet implements AutoCloseable {
  /** All devices of a run, its probes and readers join by one link a space. */
  private static final int USES = 1_000;

  private static final long SETTLE_SECONDS = 300;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Often enough to see a violation, which a client names until its next try twenty seconds later. */
  private static final long WATCH_MILLIS = 250;

  private final Path folder;
  private final URI mesh;
  private final Notebook notebook;
  private final Map<String, Map<Long, String>> heads = new ConcurrentHashMap<>();
  private final Map<String, Participant> writers = new LinkedHashMap<>();
  private final Map<String, Participant> probes = new LinkedHashMap<>();
  private final Map<String, Participant> watched = new ConcurrentHashMap<>();
  private final Set<String> problems = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  Fleet(Path folder, String name, URI mesh) throws IOException {
    this.folder = folder;
    this.mesh = mesh;
    this.notebook = new Notebook(folder.resolve("notes-" + name + ".jsonl"));
    Thread watch = new Thread(this::watch, "sealift-chaos-watch");
    watch.setDaemon(true);
    watch.start();
  }

  /** What went wrong with a device for good: it stopped, or it caught the mesh at something. */
  private void watch() {
    while (!closing) {
      for (Participant device : watched.values()) {
        SpaceStatus status = device.space().status();
        status
            .problem()
            .filter(problem -> status.state() == SyncState.STOPPED
                || problem.code() == ErrorCode.MESH_VIOLATION
                || problem.code() == ErrorCode.MESH_LOST_SPACE
                || problem.code() == ErrorCode.FILE_REFUSED
                || problem.code() == ErrorCode.INTERNAL)
            .ifPresent(problem ->
                problems.add(device.name() + ": " + problem.code() + ": " + problem.getMessage()));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WATCH_MILLIS));
    }
  }

  /** A device founds a space, and says a link for all the others. */
  JsonObject found(String device, String spaceName) throws Exception {
    Sealift home = open(device, spaceName);
    Space space = home.create(spaceName, Participant.schema());
    Participant founder = add(writers, device, spaceName, home, space);
    space.connect(mesh);
    settle(List.of(founder.space()));
    return new JsonObject().put("link", space.invite(Invitation.forOneWriter().uses(USES)));
  }

  /** A device joins, as one that writes or as a probe. */
  void join(String device, String spaceName, String link, boolean probe) throws Exception {
    Sealift home = open(device, spaceName);
    Space space = home.join(link, spaceName);
    Participant joined = add(probe ? probes : writers, device, spaceName, home, space);
    space.connect();
    settle(List.of(joined.space()));
  }

  private Sealift open(String device, String spaceName) {
    Map<Long, String> seen = heads.computeIfAbsent(spaceName, name -> new ConcurrentHashMap<>());
    return Sealift.open(
        folder.resolve("homes").resolve(device),
        Options.defaults()
            .transport(new TappedTransport(() -> new ReceiptTap(spaceName, notebook, seen))));
  }

  private Participant add(
      Map<String, Participant> to, String device, String spaceName, Sealift home, Space space) {
    Participant participant =
        new Participant(device, spaceName, home, space, notebook, problems::add);
    to.put(device, participant);
    watched.put(device, participant);
    return participant;
  }

  private static void settle(Collection<Space> spaces) throws Exception {
    for (Space space : spaces) {
      space.whenUpToDate().get(SETTLE_SECONDS, TimeUnit.SECONDS);
    }
  }

  void start() {
    writers.values().forEach(Participant::startWriting);
  }

  void mark() {
    writers.values().forEach(writer -> writer.gaps().mark());
  }

  /** Acknowledged writes so far, and the longest that one of the writers waited for the next since the mark. */
  JsonObject count() {
    return new JsonObject()
        .put(
            "acknowledged",
            writers.values().stream().mapToLong(Participant::acknowledged).sum())
        .put(
            "gapMillis",
            TimeUnit.NANOSECONDS.toMillis(writers.values().stream()
                .mapToLong(writer -> writer.gaps().longestNanos())
                .max()
                .orElse(0)))
        .put("problems", new JsonArray(List.copyOf(problems)));
  }

  JsonObject recover(long round, long deadlineMillis) {
    return new Recovery(mesh, round, probes.values(), writers.values()).await(deadlineMillis);
  }

  /** Writes nothing more, and waits until all that was written is acknowledged. */
  JsonObject finish(long deadlineMillis) throws InterruptedException {
    for (Participant writer : writers.values()) {
      writer.stopWriting();
    }
    return awaitAll(deadlineMillis, Participant::isEverythingAcknowledged);
  }

  /** Waits until every device has what the mesh has. */
  JsonObject catchUp(long deadlineMillis) {
    Map<Participant, java.util.concurrent.CompletableFuture<Void>> waits =
        new ConcurrentHashMap<>();
    return awaitAll(
        deadlineMillis,
        device -> waits
                .compute(
                    device,
                    (d, asked) -> asked == null || asked.isCompletedExceptionally()
                        ? d.space().whenUpToDate()
                        : asked)
                .isDone()
            && !waits.get(device).isCompletedExceptionally());
  }

  private JsonObject awaitAll(long deadlineMillis, Predicate<Participant> done) {
    List<Participant> open = new ArrayList<>(watched.values());
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
    while (!open.isEmpty() && System.nanoTime() < end) {
      open.removeIf(done);
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    return new JsonObject()
        .put(
            "late",
            new JsonArray(open.stream()
                .map(device -> device.name() + " (" + device.space().status().state() + ")")
                .toList()));
  }

  /** A new device takes in a whole space, and its log is written down as it comes. */
  void walk(String device, String spaceName, String link) throws Exception {
    LogTap tap = new LogTap();
    Options options = Options.defaults().transport(new TappedTransport(() -> tap));
    try (Sealift home = Sealift.open(folder.resolve("homes").resolve(device), options)) {
      Space space = home.join(link, spaceName);
      space.connect();
      settle(List.of(space));
      notebook.note(Notes.of(Snapshot.of(device, spaceName, space)));
      for (LogFile file : tap.files()) {
        notebook.note(Notes.of(spaceName, file));
      }
    }
    notebook.flush();
  }

  /** Writes down what each device shows; it is on the disk when this returns. */
  void look() throws IOException {
    for (Participant device : watched.values()) {
      notebook.note(Notes.of(Snapshot.of(device.name(), device.spaceName(), device.space())));
    }
    notebook.flush();
  }

  @Override
  public void close() throws IOException {
    closing = true;
    try (notebook) {
      watched.values().forEach(Participant::close);
    }
  }
}
