package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sealift.protocol.crypto.VerifyingKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotaryKeyFileTest {
  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("notary.key");
  }

  @Test
  void isMadeOnceAndReadEverAfter() throws Exception {
    VerifyingKey made = NotaryKeyFile.readOrMake(file).verifyingKey();

    assertThat(NotaryKeyFile.readOrMake(file).verifyingKey()).isEqualTo(made);
    assertThat(NotaryKeyFile.read(file).verifyingKey()).isEqualTo(made);
  }

  @Test
  void belongsToItsOwnerAloneAndLeavesNothingBeside() throws Exception {
    NotaryKeyFile.readOrMake(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void processesThatStartAtOnceAgreeOnOne() {
    List<CompletableFuture<VerifyingKey>> starts = IntStream.range(0, 8)
        .mapToObj(i -> CompletableFuture.supplyAsync(this::make))
        .toList();

    assertThat(starts.stream().map(CompletableFuture::join).distinct()).hasSize(1);
  }

  @Test
  void aNamedFileThatIsNotThereIsNeverReplacedByANewKey() {
    MeshStartException refusal =
        catchThrowableOfType(MeshStartException.class, () -> NotaryKeyFile.read(file));

    assertThat(refusal.code()).isEqualTo("notary-key-missing");
    assertThat(file).doesNotExist();
  }

  @Test
  void anythingElseIsNoKey() throws Exception {
    for (String text : new String[] {
      "", "hello", "sealift-notary-key-v1:", "sealift-notary-key-v1:00ff", "x".repeat(5000)
    }) {
      Files.writeString(file, text);
      MeshStartException refusal =
          catchThrowableOfType(MeshStartException.class, () -> NotaryKeyFile.readOrMake(file));
      assertThat(refusal.code()).isEqualTo("notary-key-malformed");
    }
  }

  private VerifyingKey make() {
    try {
      return NotaryKeyFile.readOrMake(file).verifyingKey();
    } catch (MeshStartException e) {
      throw new AssertionError(e);
    }
  }
}
