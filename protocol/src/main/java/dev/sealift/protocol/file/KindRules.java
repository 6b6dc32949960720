package dev.sealift.protocol.file;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.FileKind;

/** What a header of one kind has, and one of another has not. */
final class KindRules {
  private KindRules() {}

  static void check(FileHeader header) throws FormatException {
    if (header.kind() == FileKind.FILE_KIND_COMPACTION) {
      checkCompaction(header);
    } else {
      check(
          header.generation() == 0
              && header.supersedes().isEmpty()
              && header.part() == 0
              && header.parts() == 0,
          "only a compaction has a generation and parts, and supersedes anything");
    }
    if (header.kind() == FileKind.FILE_KIND_ATTESTATION) {
      checkAttestation(header);
    } else {
      check(header.attestations().isEmpty(), "attestations stand in their own kind of file alone");
    }
    checkKeyId(header);
    // Without the keys in it nobody who comes later could read what they seal.
    check(
        header.kind() != FileKind.FILE_KIND_MEMBERSHIP || header.expiresAtMillis() == 0,
        "a membership file has no expiry");
  }

  private static void checkKeyId(FileHeader header) throws FormatException {
    boolean names = header.epoch() > 1 && header.isSealed();
    check(
        header.keyId().size() == (names ? FileHeader.KEY_ID_BYTES : 0),
        "the id of a key is 16 bytes long, and stands in what is sealed in epoch 2 or later");
  }

  private static void checkCompaction(FileHeader header) throws FormatException {
    check(header.generation() >= 1, "the generation of a compaction is 1 or above");
    check(
        header.supersedes().size() == 1
            && header.supersedes().get(0).last() == header.seen().sequence(),
        "a compaction supersedes one range, which ends at what its author had seen");
    check(
        header.parts() >= 1 && header.parts() <= Limits.MAX_COMPACTION_PARTS,
        "a compaction has 1 to " + Limits.MAX_COMPACTION_PARTS + " parts");
    check(
        header.part() >= 1 && header.part() <= header.parts(),
        "a part of a compaction is one of its parts");
    checkPlain(header);
  }

  private static void checkAttestation(FileHeader header) throws FormatException {
    check(!header.attestations().isEmpty(), "a file of attestations has one");
    check(
        header.attestations().stream().map(Attested::compaction).distinct().count()
            == header.attestations().size(),
        "a file attests a compaction once");
    check(header.payloadLength() == 0, "a file of attestations has no payload");
    checkPlain(header);
  }

  /** It says something of the log alone, for good. */
  private static void checkPlain(FileHeader header) throws FormatException {
    check(
        header.buildsOn().isEmpty() && header.expiresAtMillis() == 0,
        "a compaction or an attestation builds on no file and has no expiry");
  }

  private static void check(boolean holds, String otherwise) throws FormatException {
    if (!holds) {
      throw new FormatException(otherwise);
    }
  }
}
