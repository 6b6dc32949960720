package dev.sealift.client.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultTest {
  private static final byte[] SECRET = "secret".getBytes(StandardCharsets.UTF_8);

  /** A vault made by version 1 under "correct horse", and what it sealed. Every later version opens it. */
  private static final String OLD_VAULT = """
      lanes=4
      passes=3
      kib=65536
      salt=QYyKZE9wZVTLwVL9DPmHJQ==
      key=kqEcVvSjkgj/fVCtTI+VR56uoA3eEIBHUzQZd0MzrxLBFncgqSJOp5ILQ3EcN93Dy2jDFLkmdJwl3V/F
      protection=argon2id
      version=1
      """;

  @TempDir
  Path folder;

  private Path file() {
    return folder.resolve("vault");
  }

  private static char[] passphrase(String text) {
    return text.toCharArray();
  }

  private SealiftException refusal(char[] passphrase) {
    return catchThrowableOfType(SealiftException.class, () -> Vault.open(file(), passphrase));
  }

  @Test
  void aVaultOpensWhatItSealed() {
    byte[] sealed = Vault.open(file(), null).seal("context", SECRET);
    assertThat(Vault.open(file(), null).open("context", sealed)).isEqualTo(SECRET);
  }

  @Test
  void aSecretOpensInItsOwnContextAndVaultOnly() {
    Vault vault = Vault.open(file(), null);
    byte[] sealed = vault.seal("context", SECRET);
    assertDamaged(vault, "another", sealed);
    assertDamaged(Vault.open(folder.resolve("other"), null), "context", sealed);
    sealed[sealed.length - 1] ^= 1;
    assertDamaged(vault, "context", sealed);
    assertDamaged(vault, "context", new byte[0]);
  }

  private static void assertDamaged(Vault vault, String context, byte[] sealed) {
    SealiftException refused =
        catchThrowableOfType(SealiftException.class, () -> vault.open(context, sealed));
    assertThat(refused.code()).isEqualTo(ErrorCode.STORE_DAMAGED);
  }

  @Test
  void aPassphraseIsNeededAndNoOtherWillDo() {
    byte[] sealed = Vault.open(file(), passphrase("correct horse")).seal("context", SECRET);
    assertThat(refusal(null).code()).isEqualTo(ErrorCode.WRONG_PASSPHRASE);
    assertThat(refusal(passphrase("correct hors")).code()).isEqualTo(ErrorCode.WRONG_PASSPHRASE);
    assertThat(refusal(passphrase("")).code()).isEqualTo(ErrorCode.WRONG_PASSPHRASE);
    assertThat(Vault.open(file(), passphrase("correct horse")).open("context", sealed))
        .isEqualTo(SECRET);
  }

  @Test
  void aPassphraseThatProtectsNothingIsNotAccepted() {
    Vault.open(file(), null);
    SealiftException refused = refusal(passphrase("correct horse"));
    assertThat(refused.code()).isEqualTo(ErrorCode.WRONG_PASSPHRASE);
    assertThat(refused).hasMessageContaining("not protected");
  }

  @Test
  void aPassphraseIsNotInTheFile() throws IOException {
    Vault.open(file(), passphrase("correct horse"));
    assertThat(Files.readString(file())).doesNotContain("correct").contains("argon2id");
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Vault.open(file(), null);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void aVaultWhoseMakingWasCutShortIsMadeAnew() throws IOException {
    Files.writeString(folder.resolve("vault.part"), "cut short");
    byte[] sealed = Vault.open(file(), null).seal("context", SECRET);
    assertThat(Vault.open(file(), null).open("context", sealed)).isEqualTo(SECRET);
    assertThat(folder.resolve("vault.part")).doesNotExist();
  }

  @Test
  void aNewerVersionIsNotTouched() throws IOException {
    Files.writeString(file(), "version=2\nprotection=something\n");
    SealiftException refused = refusal(null);
    assertThat(refused.code()).isEqualTo(ErrorCode.NEWER_VERSION);
    assertThat(refused).hasMessageContaining("Update");
    assertThat(Files.readString(file())).startsWith("version=2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "version=1",
        "version=0",
        "version=one",
        "version=99999999999",
        "\\u00zz",
        "version=1\nprotection=none",
        "version=1\nprotection=none\nkey=####",
        "version=1\nprotection=none\nkey=AAAA",
        "version=1\nprotection=rot13\nkey=AAAA",
        "version=1\nprotection=argon2id\nkey=AAAA\nsalt=AAAA",
        "version=1\nprotection=argon2id\nkey=AAAA\nsalt=AAAA\nkib=0\npasses=3\nlanes=4",
        "version=1\nprotection=argon2id\nkey=AAAA\nsalt=AAAA\nkib=99999999\npasses=3\nlanes=4",
        "version=1\nprotection=argon2id\nkey=AAAA\nsalt=AAAA\nkib=64\npasses=1000000\nlanes=4",
        "version=1\nprotection=argon2id\nkey=AAAA\nsalt=AAAA\nkib=64\npasses=3\nlanes=-1"
      })
  void aDamagedVaultIsSaidToBe(String text) throws IOException {
    Files.writeString(file(), text);
    SealiftException refused =
        refusal(text.contains("argon2id") ? passphrase("correct horse") : null);
    assertThat(refused.code()).isEqualTo(ErrorCode.STORE_DAMAGED);
    assertThat(refused).hasMessageContaining("backup");
  }

  @Test
  void aVaultThatIsNoTextIsSaidToBeDamaged() throws IOException {
    Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    assertThat(refusal(null).code()).isEqualTo(ErrorCode.STORE_DAMAGED);
  }

  @Test
  void aVaultThatCannotBeReadIsSaidToBeSo() throws IOException {
    Files.createDirectory(file());
    assertThat(refusal(null).code()).isEqualTo(ErrorCode.STORE_FAILED);
  }

  @Test
  void aVaultOfTheFirstVersionOpens() throws IOException {
    Files.writeString(file(), OLD_VAULT);
    Vault vault = Vault.open(file(), passphrase("correct horse"));
    assertThat(vault.open(
            "context",
            HexFormat.of()
                .parseHex("dac492b78ee74ad1d60cb01b44acfe147fd8fbb4d9447e63aaeee2d70e2a58699847")))
        .isEqualTo(SECRET);
  }
}
