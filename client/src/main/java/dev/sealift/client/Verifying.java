package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.EvidenceCheck;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.SpaceRecords;
import dev.sealift.client.value.InvalidValueException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A place for checking evidence: a folder of this user's alone, which is gone afterwards. */
final class Verifying {
  private Verifying() {}

  static EvidenceVerdict verify(InputStream in, Optional<SpaceRecords> home) throws IOException {
    Path folder = Files.createTempDirectory("sealift-verify-"); // made for its owner alone
    try {
      return EvidenceCheck.check(in, home, folder);
    } catch (InvalidValueException e) {
      throw new SealiftException(
          ErrorCode.BAD_EVIDENCE, "This is no evidence: it holds what no file can hold.", e);
    } finally {
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
