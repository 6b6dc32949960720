package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.FakeMesh;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeTest {
  @TempDir
  Path folder;

  private Path home() {
    return folder.resolve("deep").resolve("home");
  }

  @Test
  void aHomeIsMadeOnFirstUseAndFoundAgain() {
    try (Sealift sealift = Sealift.open(home())) {
      Space space = sealift.create("household", World.SCHEMA);
      World.put(space, "1", "Hobart");
      assertThat(sealift.space("household")).isSameAs(space);
    }
    try (Sealift sealift = Sealift.open(home())) {
      assertThat(sealift.spaces()).containsExactly("household");
      assertThat(World.name(sealift.space("household"), "1")).isEqualTo("Hobart");
    }
  }

  @Test
  void onlyItsOwnerMayReadAHome() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    try (Sealift sealift = Sealift.open(home())) {
      Space space = sealift.create("household", World.SCHEMA);
      World.put(space, "1", "Hobart");
      try (Stream<Path> files = Files.walk(home())) {
        for (Path file : (Iterable<Path>) files::iterator) {
          String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
          assertThat(mode).as(file.toString()).isIn("rwx------", "rw-------");
        }
      }
    }
  }

  @Test
  void aHomeIsOpenOnceAtATime() {
    try (Sealift first = Sealift.open(home())) {
      assertThat(first.spaces()).isEmpty();
      SealiftException refused = World.thrownBy(() -> Sealift.open(home()));
      assertThat(refused.code()).isEqualTo(ErrorCode.HOME_IN_USE);
      assertThat(refused).hasMessageContaining("another home");
    }
    Sealift.open(home()).close();
  }

  @Test
  void aHomeThatAnotherProcessHasOpenIsInUseUntilThatEnds() throws Exception {
    Process other = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            HomeHolder.class.getName(),
            home().toString())
        .redirectErrorStream(true)
        .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.lines().anyMatch(HomeHolder.OPEN::equals)).isTrue();
      assertThat(World.codeOf(() -> Sealift.open(home()))).isEqualTo(ErrorCode.HOME_IN_USE);
    } finally {
      other.destroyForcibly();
    }
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    Sealift.open(home()).close();
  }

  @Test
  void whatIsNoFolderCannotBeAHome() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "hello");
    assertThat(World.codeOf(() -> Sealift.open(file))).isEqualTo(ErrorCode.STORE_FAILED);
  }

  @Test
  void aSpaceIsNeverMadeSilently() {
    try (Sealift sealift = Sealift.open(home())) {
      SealiftException refused = World.thrownBy(() -> sealift.space("household"));
      assertThat(refused.code()).isEqualTo(ErrorCode.NO_SUCH_SPACE);
      assertThat(refused).hasMessageContaining("Create it, or join it");
      assertThat(World.codeOf(() -> sealift.space("../vault"))).isEqualTo(ErrorCode.NO_SUCH_SPACE);
      assertThat(World.codeOf(() -> sealift.forget("household")))
          .isEqualTo(ErrorCode.NO_SUCH_SPACE);
    }
  }

  @Test
  void twoSpacesOfAHomeHaveTwoNames() {
    try (Sealift sealift = Sealift.open(home())) {
      sealift.create("b", Schema.empty());
      sealift.create("a", Schema.empty());
      assertThat(World.codeOf(() -> sealift.create("a", Schema.empty())))
          .isEqualTo(ErrorCode.SPACE_EXISTS);
      assertThat(sealift.spaces()).containsExactly("a", "b");
      assertThat(sealift.space("a").status().device())
          .isNotEqualTo(sealift.space("b").status().device());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", "..", "a/b", "a\\b", "-a", "a.", "a ", "ä"})
  void aNameThatIsNoFilesIsRefused(String name) {
    try (Sealift sealift = Sealift.open(home())) {
      assertThat(World.codeOf(() -> sealift.create(name, Schema.empty())))
          .isEqualTo(ErrorCode.INVALID_INPUT);
      assertThat(World.codeOf(() -> sealift.create("a".repeat(65), Schema.empty())))
          .isEqualTo(ErrorCode.INVALID_INPUT);
      assertThat(sealift.spaces()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "7", "our house", "a-b_c"})
  void aNameMayBeWhatAFilesMayBe(String name) {
    try (Sealift sealift = Sealift.open(home())) {
      assertThat(sealift.create(name, Schema.empty()).name()).isEqualTo(name);
      sealift.create("a".repeat(64), Schema.empty());
    }
  }

  @Test
  void aForgottenSpaceIsGoneAndItsNameIsFree() throws IOException {
    try (Sealift sealift = Sealift.open(home())) {
      Space space = sealift.create("household", World.SCHEMA);
      World.put(space, "1", "Hobart");
      sealift.forget("household");
      assertThat(sealift.spaces()).isEmpty();
      assertThat(World.codeOf(space::digest)).isEqualTo(ErrorCode.CLOSED);
      try (Stream<Path> left = Files.list(home().resolve("spaces"))) {
        assertThat(left).isEmpty();
      }
      assertThat(sealift.create("household", World.SCHEMA).table("cities").count())
          .isZero();
    }
  }

  @Test
  void aSpaceWhoseMakingWasCutShortIsNotThere() throws IOException {
    try (Sealift sealift = Sealift.open(home())) {
      for (String left :
          List.of("a.db.part", "a.db.part-wal", "a.db-wal", "a.keys", "a.keys.part")) {
        Files.writeString(home().resolve("spaces").resolve(left), "cut short");
      }
      assertThat(sealift.spaces()).isEmpty();
      assertThat(World.codeOf(() -> sealift.space("a"))).isEqualTo(ErrorCode.NO_SUCH_SPACE);
      World.put(sealift.create("a", World.SCHEMA), "1", "Hobart");
    }
    try (Sealift sealift = Sealift.open(home())) {
      assertThat(World.name(sealift.space("a"), "1")).isEqualTo("Hobart");
    }
  }

  @Test
  void aSpaceWhoseKeysAreLostOrDamagedIsSaidToBe() throws IOException {
    try (Sealift sealift = Sealift.open(home())) {
      sealift.create("a", World.SCHEMA);
    }
    Path keys = home().resolve("spaces").resolve("a.keys");
    Files.write(keys, new byte[] {1, 2, 3});
    try (Sealift sealift = Sealift.open(home())) {
      assertThat(World.codeOf(() -> sealift.space("a"))).isEqualTo(ErrorCode.STORE_DAMAGED);
      Files.delete(keys);
      assertThat(World.codeOf(() -> sealift.space("a"))).isEqualTo(ErrorCode.STORE_DAMAGED);
      assertThat(World.codeOf(() -> sealift.create("a", World.SCHEMA)))
          .isEqualTo(ErrorCode.SPACE_EXISTS);
    }
  }

  @Test
  void aStoreThatIsNoneIsSaidToBeDamaged() throws IOException {
    try (Sealift sealift = Sealift.open(home())) {
      sealift.create("a", World.SCHEMA);
    }
    Files.write(home().resolve("spaces").resolve("a.db"), new byte[8192]);
    try (Sealift sealift = Sealift.open(home())) {
      assertThat(World.codeOf(() -> sealift.space("a"))).isEqualTo(ErrorCode.STORE_DAMAGED);
    }
  }

  @Test
  void aVaultAndSpacesOfTwoHomesDoNotGoTogether() throws IOException {
    try (Sealift sealift = Sealift.open(home())) {
      sealift.create("a", World.SCHEMA);
    }
    Files.delete(home().resolve("vault"));
    try (Sealift sealift = Sealift.open(home())) {
      SealiftException refused = World.thrownBy(() -> sealift.space("a"));
      assertThat(refused.code()).isEqualTo(ErrorCode.STORE_DAMAGED);
      assertThat(refused).hasMessageContaining("same backup");
    }
  }

  @Test
  void whatWasClosedSaysSo() {
    Sealift sealift = Sealift.open(home());
    Space space = sealift.create("household", World.SCHEMA);
    Table cities = space.table("cities");
    sealift.close();
    sealift.close();
    assertThat(World.codeOf(sealift::spaces)).isEqualTo(ErrorCode.CLOSED);
    assertThat(World.codeOf(() -> cities.put("1", Row.of()))).isEqualTo(ErrorCode.CLOSED);
    assertThat(World.codeOf(() -> cities.get("1"))).isEqualTo(ErrorCode.CLOSED);
    assertThat(World.codeOf(space::status)).isEqualTo(ErrorCode.CLOSED);
    assertThat(World.codeOf(space::digest)).isEqualTo(ErrorCode.CLOSED);
    assertThat(World.codeOf(() -> space.connect(FakeMesh.ADDRESS))).isEqualTo(ErrorCode.CLOSED);
  }

  @Test
  void aPassphraseOpensTheHomeThatWasMadeWithIt() {
    Options withPassphrase = Options.defaults().passphrase("correct horse".toCharArray());
    try (Sealift sealift = Sealift.open(home(), withPassphrase)) {
      World.put(sealift.create("a", World.SCHEMA), "1", "Hobart");
    }
    Options wrong = Options.defaults().passphrase("battery staple".toCharArray());
    assertThat(World.codeOf(() -> Sealift.open(home(), wrong)))
        .isEqualTo(ErrorCode.WRONG_PASSPHRASE);
    assertThat(World.codeOf(() -> Sealift.open(home()))).isEqualTo(ErrorCode.WRONG_PASSPHRASE);
    try (Sealift sealift = Sealift.open(home(), withPassphrase)) {
      assertThat(World.name(sealift.space("a"), "1")).isEqualTo("Hobart");
    }
  }
}
