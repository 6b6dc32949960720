package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Db;
import dev.sealift.client.store.Driver;
import dev.sealift.client.store.JdbcDriver;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.store.StoreKey;
import dev.sealift.client.sync.FakeMesh;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Homes with a passphrase, on a SQLite that encrypts. */
class AtRestCipherTest {
  private static final String MARK = "Wallaby7391";
  private static final String TABLE = "quollsightings";
  private static final Schema SCHEMA =
      Schema.of(Schema.table(TABLE, "id").text("name").text("story").searchable());
  private static final int ROWS = 2_000;

  @TempDir
  Path folder;

  @BeforeEach
  void theSqliteEncrypts() {
    CipherBuild.require();
  }

  // ---- Nothing in clear

  @Test
  void nothingOfAnOpenHomeStandsInClear() throws IOException {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home, protectedOptions().requireEncryption())) {
      Space space = sealift.create("field", SCHEMA);
      write(space, 0);
      try (QueryResult sorted = sortedRows(space)) {
        assertThat(sorted.next()).isTrue();
        write(space, ROWS); // stays in the log, since the result is open
        assertThat(Files.size(home.resolve("spaces/field.db-wal"))).isGreaterThan(200_000);
        requireNothingInClear(home);
        requireNoTemporaryFiles();
      }
      assertThat(space.search(TABLE, "number")).isNotEmpty();
      requireNothingInClear(home);
    }
    requireNothingInClear(home);
  }

  @Test
  void theSearchFindsWhatStandsInClear() throws IOException {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home)) {
      write(sealift.create("field", SCHEMA), 0);
      assertThat(filesWith(home, MARK)).isNotEmpty();
      assertThat(filesWith(home, TABLE)).isNotEmpty();
    }
  }

  @Test
  void nothingIsInClearAfterAProcessWasKilledWhileWriting() throws Exception {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      sealift.create("field", SCHEMA);
    }
    Process writing = start(WritingProcess.class, home);
    try {
      awaitLines(writing, 3);
    } finally {
      kill(writing);
    }
    assertThat(home.resolve("spaces/field.db-wal")).isNotEmptyFile();
    requireNothingInClear(home);
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      assertThat(sealift.space("field").table(TABLE).count()).isGreaterThanOrEqualTo(3L * ROWS);
    }
    requireNothingInClear(home);
  }

  @Test
  void eachSpaceHasAKeyOfItsOwn() throws IOException {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      write(sealift.create("a", SCHEMA), 0);
      write(sealift.create("b", SCHEMA), 0);
    }
    Files.copy(
        home.resolve("spaces/a.db"),
        home.resolve("spaces/b.db"),
        StandardCopyOption.REPLACE_EXISTING);
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      assertThat(World.codeOf(() -> sealift.space("b"))).isEqualTo(ErrorCode.STORE_DAMAGED);
    }
  }

  @Test
  void aSpaceThatIsJoinedIsEncryptedToo() throws IOException {
    FakeMesh mesh = new FakeMesh();
    Path home = folder.resolve("home");
    try (Sealift founding =
            Sealift.open(folder.resolve("other"), Options.defaults().transport(mesh));
        Sealift joining = Sealift.open(home, protectedOptions().transport(mesh))) {
      Space space = founding.create("field", SCHEMA);
      write(space, 0);
      space.connect(FakeMesh.ADDRESS);
      space.whenDurable().join();
      Space joined = joining.join(space.invite());
      joined.connect();
      joined.whenUpToDate().join();
      assertThat(joined.table(TABLE).count()).isEqualTo(ROWS);
      assertThat(joined.digest()).isEqualTo(space.digest());
      requireNothingInClear(home);
    }
  }

  // ---- Errors

  @Test
  void aWrongPassphraseIsNoDamage() {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      write(sealift.create("field", SCHEMA), 0);
    }
    Options wrong = Options.defaults().passphrase("battery staple".toCharArray());
    assertThat(World.codeOf(() -> Sealift.open(home, wrong).close()))
        .isEqualTo(ErrorCode.WRONG_PASSPHRASE);
    assertThat(World.codeOf(() -> Sealift.open(home).close()))
        .isEqualTo(ErrorCode.WRONG_PASSPHRASE);
  }

  @Test
  void aStoreInClearIsNotTakenForAnEncryptedOne() throws IOException {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      sealift.create("field", SCHEMA);
    }
    try (Sealift sealift = Sealift.open(folder.resolve("other"))) {
      write(sealift.create("field", SCHEMA), 0);
    }
    Files.copy(
        folder.resolve("other/spaces/field.db"),
        home.resolve("spaces/field.db"),
        StandardCopyOption.REPLACE_EXISTING);
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      assertThat(World.codeOf(() -> sealift.space("field"))).isEqualTo(ErrorCode.STORE_DAMAGED);
    }
    Files.delete(home.resolve("spaces/field.keys")); // nor is that a way to have it taken
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      assertThat(World.codeOf(() -> sealift.space("field"))).isEqualTo(ErrorCode.STORE_DAMAGED);
    }
  }

  @Test
  void anEmptyFileIsNoStore() throws IOException {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      sealift.create("field", SCHEMA);
    }
    Files.write(home.resolve("spaces/field.db"), new byte[0]);
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      assertThat(World.codeOf(() -> sealift.space("field"))).isEqualTo(ErrorCode.STORE_DAMAGED);
    }
  }

  @Test
  void aSqliteThatCannotEncryptIsSaid() {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      sealift.create("field", SCHEMA);
    }
    try (Sealift sealift = Sealift.open(home, protectedOptions(), new Plain())) {
      assertThat(World.codeOf(() -> sealift.space("field"))).isEqualTo(ErrorCode.NO_ENCRYPTION);
    }
  }

  @Test
  void noErrorHasAKeyInIt() throws IOException {
    Path home = folder.resolve("home");
    List<StoreKey> keys = new ArrayList<>();
    Plain plain = new Plain();
    try (Sealift sealift = Sealift.open(home, protectedOptions(), plain)) {
      sealift.create("field", SCHEMA);
    }
    Driver failing = new Plain() {
      @Override
      public boolean encrypts() {
        return true;
      }

      @Override
      public Driver withKey(StoreKey key) {
        keys.add(key);
        Driver under = jdbc.withKey(key);
        return new Plain() {
          @Override
          public void encrypt(Path clear, Path copy) {
            under.encrypt(clear, folder.resolve("nowhere").resolve("copy"));
          }
        };
      }
    };
    try (Sealift sealift = Sealift.open(home, protectedOptions(), failing)) {
      assertThatThrownBy(() -> sealift.space("field"))
          .isInstanceOf(SealiftException.class)
          .satisfies(thrown -> requireNoKeyIn(thrown, keys));
    }
    assertThat(home.resolve("spaces/field.db.part")).doesNotExist();
    assertThat(keys).isNotEmpty();
  }

  private static void requireNoKeyIn(Throwable thrown, List<StoreKey> keys) {
    StringWriter told = new StringWriter();
    thrown.printStackTrace(new PrintWriter(told));
    keys.forEach(key -> assertThat(told.toString())
        .doesNotContainIgnoringCase(HexFormat.of().formatHex(key.secret()))
        .doesNotContain("raw:"));
  }

  // ---- Stores of earlier builds

  /** Where a process may die that encrypts a store. */
  private enum Death {
    BEFORE_THE_COPY,
    IN_THE_COPY,
    BEHIND_THE_COPY,
    BEHIND_THE_NAME
  }

  @Test
  void aStoreInClearIsEncryptedWhenItIsOpened() throws IOException {
    Path home = folder.resolve("home");
    String digest = makeInClear(home);
    assertThat(filesWith(home, MARK)).isNotEmpty();
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      assertThat(sealift.space("field").digest()).hasToString(digest);
      requireNothingInClear(home);
      assertThat(sealift.space("field").search(TABLE, MARK)).isNotEmpty();
    }
    requireEncrypted(home, digest);
  }

  @ParameterizedTest
  @EnumSource(Death.class)
  void whereverTheProcessDiesTheStoreIsWhole(Death death) throws IOException {
    Path home = folder.resolve("home");
    String digest = makeInClear(home);
    Path keys = home.resolve("spaces/field.keys");
    byte[][] keysBefore = new byte[1][];
    Driver dying = new Plain() {
      @Override
      public boolean encrypts() {
        return true;
      }

      @Override
      public Driver withKey(StoreKey key) {
        Driver under = jdbc.withKey(key);
        return new Plain() {
          @Override
          public Db openWriter(Path file) {
            return under.openWriter(file);
          }

          @Override
          public Db openReader(Path file) {
            return under.openReader(file);
          }

          @Override
          public void encrypt(Path clear, Path copy) {
            keysBefore[0] = bytes(keys);
            if (death == Death.BEFORE_THE_COPY) {
              throw new Died();
            }
            under.encrypt(clear, copy);
            if (death == Death.IN_THE_COPY) {
              cutInHalf(copy);
            }
            if (death != Death.BEHIND_THE_NAME) {
              throw new Died();
            }
          }
        };
      }
    };
    try (Sealift sealift = Sealift.open(home, protectedOptions(), dying)) {
      if (death == Death.BEHIND_THE_NAME) {
        sealift.space("field");
      } else {
        assertThatThrownBy(() -> sealift.space("field")).isInstanceOf(Died.class);
      }
    }
    if (death == Death.BEHIND_THE_NAME) {
      Files.write(keys, keysBefore[0]); // as if the last step had not been taken
    }
    requireEncrypted(home, digest);
  }

  @Test
  void whenAProcessIsKilledWhileItEncryptsNothingIsLost() throws Exception {
    Path template = folder.resolve("template");
    String digest = makeInClear(template);
    Random random = new Random(5);
    for (int i = 0; i < 5; i++) {
      Path home = folder.resolve("home" + i);
      copy(template, home);
      Process encrypting = start(EncryptingProcess.class, home);
      try {
        awaitLines(encrypting, 1);
        encrypting.waitFor(random.nextInt(200), TimeUnit.MILLISECONDS);
      } finally {
        kill(encrypting);
      }
      requireEncrypted(home, digest);
    }
  }

  @Test
  void aHomeWithoutAPassphraseStaysInClear() throws IOException {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home)) {
      write(sealift.create("field", SCHEMA), 0);
    }
    try (Sealift sealift = Sealift.open(home, Options.defaults(), new Plain())) {
      assertThat(sealift.space("field").table(TABLE).count()).isEqualTo(ROWS);
    }
    assertThat(new String(
            Files.readAllBytes(home.resolve("spaces/field.db")), 0, 15, StandardCharsets.US_ASCII))
        .isEqualTo("SQLite format 3");
  }

  /** What died says nothing any more. */
  private static final class Died extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** The JVM's SQLite without its ciphers, as it was in earlier builds. */
  private static class Plain implements Driver {
    final JdbcDriver jdbc = new JdbcDriver();

    @Override
    public Db openWriter(Path file) {
      return jdbc.openWriter(file);
    }

    @Override
    public Db openReader(Path file) {
      return jdbc.openReader(file);
    }
  }

  private static Options protectedOptions() {
    return Options.defaults().passphrase("correct horse".toCharArray());
  }

  /** A home with a passphrase and a store in clear, and free pages that had rows. */
  private static String makeInClear(Path home) {
    try (Sealift sealift = Sealift.open(home, protectedOptions(), new Plain())) {
      Space space = sealift.create("field", SCHEMA);
      write(space, 0);
      write(space, ROWS);
      for (int i = 0; i < ROWS; i++) {
        space.table(TABLE).remove("k" + i);
      }
      return space.digest().toString();
    }
  }

  private static void requireEncrypted(Path home, String digest) throws IOException {
    try (Sealift sealift = Sealift.open(home, protectedOptions())) {
      assertThat(sealift.space("field").digest()).hasToString(digest);
    }
    requireNothingInClear(home);
    try (Stream<Path> files = Files.list(home.resolve("spaces"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("field.db", "field.keys");
    }
  }

  private static void write(Space space, int from) {
    space
        .table(TABLE)
        .putAll(IntStream.range(from, from + ROWS)
            .mapToObj(i -> Map.entry(
                "k" + i, Row.of("name", MARK + i, "story", "story of " + MARK + " number " + i)))
            .iterator());
  }

  private static QueryResult sortedRows(Space space) {
    return space.query("select a.name, b.story from " + TABLE + " a, (select story from " + TABLE
        + " limit 20) b order by a.story || b.story desc");
  }

  private static void requireNothingInClear(Path home) throws IOException {
    assertThat(filesWith(home, MARK)).isEmpty();
    assertThat(filesWith(home, TABLE)).isEmpty();
    assertThat(filesWith(home, "SQLite format 3")).isEmpty();
  }

  private static List<Path> filesWith(Path home, String text) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> new String(bytes(file), StandardCharsets.ISO_8859_1).contains(text))
          .toList();
    }
  }

  /** SQLite takes the name from a temporary file as soon as it has it open. */
  private static void requireNoTemporaryFiles() throws IOException {
    Path open = Path.of("/proc/self/fd");
    if (!Files.isDirectory(open)) {
      return;
    }
    try (Stream<Path> files = Files.list(open)) {
      assertThat(files.map(AtRestCipherTest::target)).noneMatch(name -> name.contains("etilqs"));
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void cutInHalf(Path file) {
    byte[] whole = bytes(file);
    try {
      Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static Process start(Class<?> main, Path home) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            home.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void awaitLines(Process process, int lines) throws IOException {
    BufferedReader told =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (int i = 0; i < lines; i++) {
      assertThat(told.readLine()).isNotNull();
    }
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  /** Writes many rows at a time, and says when they are on the disk, until it is killed. */
  static final class WritingProcess {
    private WritingProcess() {}

    public static void main(String[] arguments) {
      Space space = Sealift.open(Path.of(arguments[0]), protectedOptions()).space("field");
      for (int i = 0; ; i++) {
        write(space, i * ROWS);
        System.out.println(i);
      }
    }
  }

  /** Says that it begins, and encrypts a store. */
  static final class EncryptingProcess {
    private EncryptingProcess() {}

    public static void main(String[] arguments) {
      try (Sealift sealift = Sealift.open(Path.of(arguments[0]), protectedOptions())) {
        System.out.println("begins");
        sealift.space("field");
      }
    }
  }
}
