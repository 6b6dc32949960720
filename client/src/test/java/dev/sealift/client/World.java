package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeLog;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.sync.SyncState;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Real homes in a temporary folder, around one fake mesh. */
final class World implements AutoCloseable {
  static final Schema SCHEMA =
      Schema.of(Schema.table("cities", "id").text("name").text("country").integer("population"));

  final FakeMesh mesh = new FakeMesh();
  private final Path folder;
  private final Map<String, Sealift> homes = new HashMap<>();
  private final Map<String, AtomicLong> clocks = new HashMap<>();

  World(Path folder) {
    this.folder = folder;
  }

  Path path(String home) {
    return folder.resolve(home);
  }

  /** A home, which is opened when it is not. */
  Sealift home(String name) {
    return home(name, 0);
  }

  /** As above; when it is opened now, with a clock that is ahead. */
  Sealift home(String name, long clockAheadMillis) {
    AtomicLong ahead = clocks.computeIfAbsent(name, key -> new AtomicLong());
    return homes.computeIfAbsent(name, key -> {
      ahead.set(clockAheadMillis);
      return Sealift.open(
          path(name),
          Options.defaults().transport(mesh).clock(() -> System.currentTimeMillis() + ahead.get()));
    });
  }

  /** Until it connects again, a home writes later than all the others: by ten seconds, which its space allows. */
  void writesLater(String home) {
    clocks.get(home).addAndGet(10_000);
  }

  /** While it stays as it is, also for its connection. */
  void clockJumps(String home, long millis) {
    clocks.get(home).addAndGet(millis);
  }

  void close(String home) {
    Sealift open = homes.remove(home);
    if (open != null) {
      open.close();
    }
  }

  /** A home in another folder, as the first one is on the disk. Both are closed before. */
  void copy(String from, String to) {
    close(from);
    close(to);
    delete(path(to));
    try (Stream<Path> files = Files.walk(path(from))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, path(to).resolve(path(from).relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A space of a new home, founded, connected and up to date. */
  Space found(String home) {
    return found(home, SpaceOptions.defaults());
  }

  Space found(String home, SpaceOptions options) {
    Space space = home(home).create("household", SCHEMA, options);
    space.connect(FakeMesh.ADDRESS);
    Await.done(space.whenUpToDate());
    return space;
  }

  /** The space of a new home that joined by a link, connected and up to date. */
  Space join(String home, String link) {
    Space space = home(home).join(link);
    space.connect();
    Await.done(space.whenUpToDate());
    return space;
  }

  FakeLog log(Space space) {
    return mesh.log(space.status().space().orElseThrow());
  }

  static DeviceId device(Space space) {
    try {
      return DeviceId.of(java.util.HexFormat.of().parseHex(space.status().device()));
    } catch (FormatException e) {
      throw new AssertionError("it is a device's id", e);
    }
  }

  static void put(Space space, String key, String name) {
    space.table("cities").put(key, Row.of("name", name));
  }

  static String name(Space space, String key) {
    return space.table("cities").get(key).flatMap(row -> row.text("name")).orElse("");
  }

  /** Waits until all have everything, and checks that they agree on it. */
  void agree(Space... spaces) {
    List<Space> all = List.of(spaces);
    Await.until("everybody holds the whole log", () -> all.stream().allMatch(this::isSettled));
    assertThat(all.stream().map(Space::digest).distinct()).as("digests").hasSize(1);
  }

  private boolean isSettled(Space space) {
    SpaceStatus status = space.status();
    return status.state() == SyncState.UP_TO_DATE
        && status.pendingWrites() == 0
        && status.waitingFiles() == 0
        && status.position() == log(space).size();
  }

  static SealiftException thrownBy(ThrowingCallable call) {
    Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
    assertThat(thrown).isInstanceOf(SealiftException.class);
    return (SealiftException) thrown;
  }

  static ErrorCode codeOf(ThrowingCallable call) {
    return thrownBy(call).code();
  }

  /** Waits until the exchange has a problem, and says which. */
  static SealiftException problem(Space space) {
    Await.until("a problem", () -> space.status().problem().isPresent());
    return space.status().problem().orElseThrow();
  }

  static SealiftException stopped(Space space) {
    Await.until("it stopped", () -> space.status().state() == SyncState.STOPPED);
    return problem(space);
  }

  @Override
  public void close() {
    homes.values().forEach(Sealift::close);
    assertThat(mesh.complaints()).as("what devices did that no mesh expects").isEmpty();
  }
}
