package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.Rogue;
import dev.sealift.protocol.proto.Role;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a member really wrote, and that are not what this version of Sealift writes. */
class StrangeFilesTest {
  @TempDir
  Path folder;

  private World world;
  private Rogue rogue;
  private Space space;

  @BeforeEach
  void start() {
    world = new World(folder);
    rogue = new Rogue(world.mesh);
    rogue.admit(rogue.put("1", "first"));
    space = world.join("a", rogue.invite(Role.ROLE_WRITER, 9));
  }

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void whatNobodyCanReadIsCountedAndPassedOverAlikeEverywhere() {
    rogue.admit(rogue.sealed(new byte[] {1, 2, 3}));
    rogue.admit(rogue.put("2", "second"));
    rogue.admit(rogue.sealedWithAnotherKey());
    rogue.admit(rogue.withEventsAheadOfItsHeader());
    rogue.admit(rogue.sealed(new byte[0]));
    rogue.admit(rogue.put("3", "third"));
    Await.done(space.whenUpToDate());
    assertThat(space.status().unreadableFiles()).isEqualTo(4);
    assertThat(space.table(Rogue.TABLE).count()).isEqualTo(3);
    Space later = world.join("b", rogue.invite(Role.ROLE_WRITER, 1));
    world.agree(space, later);
    assertThat(later.status().unreadableFiles()).isEqualTo(4);
    world.close("a");
    assertThat(world.home("a").space("rogue").status().unreadableFiles()).isEqualTo(4);
  }

  @Test
  void aNewerFormatStopsTheDeviceThereAndLosesNothing() {
    long position = space.status().position();
    rogue.admit(rogue.put("2", "second"));
    Await.until("it has the file before", () -> space.status().position() == position + 1);
    String digest = space.digest();
    rogue.admit(rogue.sealed(Rogue.ofNewerFormat()));
    SealiftException stopped = World.stopped(space);
    assertThat(stopped.code()).isEqualTo(ErrorCode.NEWER_FORMAT);
    assertThat(stopped).hasMessageContaining("update");
    assertThat(space.digest()).isEqualTo(digest);
    assertThat(space.status().position()).isEqualTo(position + 1);
    World.put(declared(), "c", "written all the same");
    assertThat(((SealiftException) Await.failure(space.whenDurable())).code())
        .isEqualTo(ErrorCode.NEWER_FORMAT);
    space.connect();
    assertThat(World.stopped(space).code()).isEqualTo(ErrorCode.NEWER_FORMAT);
    assertThat(space.status().position()).isEqualTo(position + 1);
  }

  private Space declared() {
    space.declare(World.SCHEMA);
    return space;
  }
}
