package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeLog;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.sync.Wire;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The connection breaks after the n-th frame, for every n and in both directions, until an n is reached that is beyond the
 * exchange's end. Afterwards all is there, and there once.
 */
class ResumeTest {
  /** No exchange here has more frames. */
  private static final int FAR_TOO_MANY = 200;

  @TempDir
  Path folder;

  private World world;
  private final AtomicInteger frames = new AtomicInteger();

  @BeforeEach
  void start() {
    world = new World(folder);
  }

  @AfterEach
  void end() {
    world.close();
  }

  /** Lets {@code n} frames pass, breaks every connection instead of the next, and is honest from then on. */
  private void breakAfter(int n) {
    frames.set(0);
    world.mesh.wire((connection, toDevice, frame) -> {
      if (frames.getAndIncrement() == n) {
        world.mesh.cutAll();
        return List.of();
      }
      return List.of(frame);
    });
  }

  private interface Exchange {
    void run(int n);
  }

  private void forEveryFrame(Exchange exchange) {
    int n = 0;
    do {
      assertThat(n).isLessThan(FAR_TOO_MANY);
      exchange.run(n);
      world.mesh.wire(Wire.HONEST);
      n++;
    } while (frames.get() >= n);
    assertThat(n).isGreaterThan(5);
  }

  private void assertNothingTwice(Space space) {
    FakeLog log = world.log(space);
    List<FileId> files =
        log.files().stream().map(FakeLog.Stored::file).map(SignedHeader::id).toList();
    assertThat(files).doesNotHaveDuplicates();
  }

  @Test
  void foundingResumes() {
    forEveryFrame(n -> {
      String home = "founder" + n;
      Space space = world.home(home).create("household", World.SCHEMA);
      World.put(space, "1", "Hobart");
      breakAfter(n);
      space.connect(FakeMesh.ADDRESS);
      Await.done(space.whenUpToDate());
      assertThat(world.log(space).size()).isEqualTo(2);
      assertNothingTwice(space);
      world.close(home);
    });
  }

  @Test
  void joiningResumes() {
    Space a = world.found("a");
    World.put(a, "1", "Hobart");
    forEveryFrame(n -> {
      String home = "joiner" + n;
      String link = a.invite();
      a.disconnect();
      long before = world.log(a).size();
      Space space = world.home(home).join(link);
      space.declare(World.SCHEMA);
      World.put(space, "j" + n, "Perth");
      breakAfter(n);
      space.connect();
      Await.done(space.whenUpToDate());
      assertThat(world.log(a).size()).isEqualTo(before + 2);
      assertNothingTwice(a);
      world.mesh.wire(Wire.HONEST);
      a.connect();
      world.agree(a, space);
      world.close(home);
    });
  }

  @Test
  void gettingAndPuttingResumes() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    forEveryFrame(n -> {
      a.disconnect();
      b.disconnect();
      World.put(a, "a" + n, "from a");
      World.put(b, "b" + n, "from b");
      World.put(b, "a" + n, "contested");
      long before = world.log(a).size();
      breakAfter(n);
      a.connect();
      b.connect();
      Await.done(a.whenDurable());
      Await.done(b.whenDurable());
      world.agree(a, b);
      assertThat(world.log(a).size()).isEqualTo(before + 2);
      assertNothingTwice(a);
    });
    assertThat(a.table("cities").count()).isEqualTo(b.table("cities").count());
  }

  @Test
  void writingWhileConnectedResumes() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    forEveryFrame(n -> {
      breakAfter(n);
      World.put(a, "a" + n, "from a");
      World.put(b, "b" + n, "from b");
      Await.done(a.whenDurable());
      Await.done(b.whenDurable());
      world.agree(a, b);
      assertNothingTwice(a);
    });
  }

  @Test
  void aHomeThatIsClosedBetweenTwoFramesGoesOnWhereItWas() {
    world.found("a");
    forEveryFrame(n -> {
      Space a = world.home("a").space("household");
      a.disconnect();
      World.put(a, "k" + n, "v");
      frames.set(0);
      world.mesh.wire((connection, toDevice, frame) ->
          frames.getAndIncrement() >= n ? List.of() : List.of(frame));
      a.connect();
      Await.until(
          "it came to the n-th frame", () -> frames.get() > n || a.whenDurable().isDone());
      int reached = frames.get();
      world.close("a");
      world.mesh.wire(Wire.HONEST);
      Space again = world.home("a").space("household");
      again.connect();
      Await.done(again.whenDurable());
      world.agree(again);
      assertThat(World.name(again, "k" + n)).isEqualTo("v");
      assertNothingTwice(again);
      frames.set(reached);
    });
  }
}
