package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.CipherBuild;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** One database file under a key. */
class EncryptedStoreCipherTest {
  private static final int PAGE_BYTES = 4096;
  private static final int ROWS = 2_000;

  @TempDir
  Path folder;

  private Path file;
  private StoreKey key;

  @BeforeEach
  void theSqliteEncrypts() {
    CipherBuild.require();
    file = folder.resolve("a.db");
    key = StoreKey.generate();
  }

  private static Driver driver() {
    return new JdbcDriver(SynchronousMode.OFF);
  }

  private TestDevice open(StoreKey under) {
    return new TestDevice(driver().withKey(under), file, "a");
  }

  /** The digest of what was written. */
  private String fill() {
    try (TestDevice device = open(key).withCities()) {
      device.write(batch -> {
        for (int i = 0; i < ROWS; i++) {
          batch.put("cities", "k" + i, Map.of("name", Value.of("name " + i)));
        }
      });
      return digest(device);
    }
  }

  private static String digest(TestDevice device) {
    return device.store.visibleDigest().toString();
  }

  @Test
  void whatWasWrittenIsThereUnderItsKeyAndUnderNoOther() {
    String digest = fill();
    try (TestDevice device = open(StoreKey.of(key.secret()))) {
      assertThat(digest(device)).isEqualTo(digest);
    }
    requireCorrupt(() -> open(StoreKey.generate()));
    assertThatThrownBy(() -> new TestDevice(driver(), file, "a"))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_A_STORE));
  }

  private static void requireCorrupt(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.CORRUPT));
  }

  @Test
  void aFileInClearIsNotOpenedUnderAKey() {
    new TestDevice(driver(), file, "a").withCities().close();
    requireCorrupt(() -> open(key));
  }

  @Test
  void aChangedByteIsDamageAndNeverAnotherValue() throws IOException {
    String digest = fill();
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(11);
    IntStream.concat(
            IntStream.range(0, 120),
            IntStream.generate(() -> random.nextInt(whole.length)).limit(200))
        .forEach(place -> {
          byte[] changed = whole.clone();
          changed[place] ^= 0x20;
          requireNoticed("byte " + place, changed, digest);
        });
  }

  @Test
  void aPageInAnothersPlaceIsDamage() throws IOException {
    String digest = fill();
    byte[] whole = Files.readAllBytes(file);
    for (int page = 1; page + 1 < whole.length / PAGE_BYTES; page++) {
      byte[] swapped = whole.clone();
      System.arraycopy(whole, page * PAGE_BYTES, swapped, (page + 1) * PAGE_BYTES, PAGE_BYTES);
      requireNoticed("page " + page, swapped, digest);
    }
  }

  @Test
  void aFileThatWasCutShortIsDamage() throws IOException {
    String digest = fill();
    byte[] whole = Files.readAllBytes(file);
    for (int bytes = 1; bytes < whole.length; bytes += 10_007) {
      requireNoticed("cut to " + bytes, Arrays.copyOf(whole, bytes), digest);
    }
  }

  /** Unless what was changed is of no page that is read. */
  private void requireNoticed(String what, byte[] changed, String digest) {
    write(changed);
    try (TestDevice device = open(key)) {
      assertThat(digest(device)).as(what).isEqualTo(digest);
    } catch (StoreException e) {
      assertThat(e.code()).as(what + ": " + e.getMessage()).isEqualTo(Code.CORRUPT);
    }
  }

  private void write(byte[] changed) {
    try {
      for (String beside : new String[] {"-wal", "-shm"}) {
        Files.deleteIfExists(folder.resolve("a.db" + beside));
      }
      Files.write(file, changed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theCopyHasTheRowsOfTheLogAndNoFreePage() throws IOException {
    String digest;
    try (TestDevice clear = new TestDevice(driver(), file, "a").withCities()) {
      clear.put("a", Map.of("name", Value.of("Hobart")));
      digest = digest(clear);
    }
    Path copy = folder.resolve("copy.db");
    driver().withKey(key).encrypt(file, copy);
    try (TestDevice device = new TestDevice(driver().withKey(key), copy, "a")) {
      assertThat(digest(device)).isEqualTo(digest);
    }
    try (Db db = driver().withKey(key).openReader(copy);
        Statement free = db.prepare("PRAGMA freelist_count")) {
      assertThat(free.next()).isTrue();
      assertThat(free.integer(1)).isZero();
    }
  }

  @Test
  void aFileThatAnotherHasOpenIsNotEncrypted() {
    try (TestDevice device = new TestDevice(driver(), file, "a").withCities()) {
      device.put("a", Map.of("name", Value.of("Hobart")));
      assertThatThrownBy(() -> driver().withKey(key).encrypt(file, folder.resolve("copy.db")))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.BUSY));
    }
  }

  @Test
  void aKeyPrintsNothingOfItself() {
    assertThat(key.toString()).doesNotContain(key.hex());
    assertThat(new JdbcDriver().withKey(key).toString()).doesNotContain(key.hex());
  }
}
