package dev.sealift.protocol.file;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.SequenceRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks a header's body field by field. */
final class HeaderCodec {
  private HeaderCodec() {}

  static FileHeader decode(ByteString bodyBytes, int payloadLength, Hash payloadHash)
      throws FormatException {
    HeaderBody body = parse(bodyBytes);
    checkVersion(body.getVersion());
    check(
        payloadLength >= 0 && payloadLength <= Limits.MAX_PAYLOAD_BYTES,
        "the payload's length is beyond the limit");
    Optional<MembershipChange> membership = membership(body);
    boolean genesis = membership.isPresent() && membership.get().hasGenesis();
    long counter = counter(body.getCounter(), "the counter");
    FileHeader header = new FileHeader(
        kind(body),
        space(body, genesis),
        DeviceId.parse(body.getDevice()),
        counter,
        previous(body, counter),
        new HybridTime(body.getHybridTime()),
        CollectionId.parse(body.getCollection()),
        epoch(body),
        generation(body),
        supersedes(body.getSupersedesList()),
        seen(body),
        buildsOn(body.getBuildsOnList()),
        expiry(body),
        salt(body),
        membership,
        body.getPart(),
        body.getParts(),
        attestations(body.getAttestationsList()),
        body.getKeyId(),
        payloadLength,
        payloadHash);
    KindRules.check(header);
    return header;
  }

  private static HeaderBody parse(ByteString bytes) throws FormatException {
    try {
      return HeaderBody.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("the header is not a protobuf message", e);
    }
  }

  private static FileKind kind(HeaderBody body) throws FormatException {
    FileKind kind = body.getKind();
    check(kind != FileKind.FILE_KIND_UNSPECIFIED, "a file has a kind");
    if (kind == FileKind.UNRECOGNIZED) {
      throw new NewerFormatException("the file's kind is not one that is known here");
    }
    return kind;
  }

  private static void checkVersion(int version) throws FormatException {
    check(version != 0, "a header has a version");
    if (version != Limits.PROTOCOL_VERSION) {
      throw new NewerFormatException("the header's version is not one that is known here");
    }
  }

  private static Optional<SpaceId> space(HeaderBody body, boolean genesis) throws FormatException {
    if (genesis) {
      check(body.getSpace().isEmpty(), "a genesis header names no space: its own hash does");
      return Optional.empty();
    }
    return Optional.of(SpaceId.parse(body.getSpace()));
  }

  private static Optional<FileId> previous(HeaderBody body, long counter) throws FormatException {
    if (counter == 1) {
      check(body.getPrevious().isEmpty(), "the first file of a chain has none before it");
      return Optional.empty();
    }
    return Optional.of(FileId.parse(body.getPrevious()));
  }

  private static int epoch(HeaderBody body) throws FormatException {
    check(body.getEpoch() >= 1, "epochs count from 1");
    return body.getEpoch();
  }

  private static int generation(HeaderBody body) throws FormatException {
    check(body.getGeneration() >= 0, "the generation is beyond the limit");
    return body.getGeneration();
  }

  private static long expiry(HeaderBody body) throws FormatException {
    check(body.getExpiresAtMillis() >= 0, "the expiry is beyond the limit");
    return body.getExpiresAtMillis();
  }

  private static ByteString salt(HeaderBody body) throws FormatException {
    check(body.getSalt().size() == FileHeader.SALT_BYTES, "the salt must be 32 bytes long");
    return body.getSalt();
  }

  private static Optional<MembershipChange> membership(HeaderBody body) throws FormatException {
    boolean isMembership = body.getKind() == FileKind.FILE_KIND_MEMBERSHIP;
    check(
        isMembership == body.hasMembership(),
        "a membership change stands in a membership file and nowhere else");
    return isMembership ? Optional.of(body.getMembership()) : Optional.empty();
  }

  private static List<SequenceSpan> supersedes(List<SequenceRange> ranges) throws FormatException {
    check(ranges.size() <= 1, "the header supersedes more than one range");
    List<SequenceSpan> spans = new ArrayList<>(ranges.size());
    for (SequenceRange range : ranges) {
      check(range.getFirst() >= 1, "a superseded range starts from 1 or above");
      check(
          range.getLast() >= range.getFirst() && range.getLast() < Limits.MAX_SEQUENCE,
          "a superseded range must not end before it starts");
      spans.add(new SequenceSpan(range.getFirst(), range.getLast()));
    }
    return spans;
  }

  private static SeenLog seen(HeaderBody body) throws FormatException {
    Seen seen = body.getSeen();
    long sequence = seen.getSequence();
    check(sequence >= 0 && sequence < Limits.MAX_SEQUENCE, "the sequence seen is beyond the limit");
    SeenLog log = new SeenLog(sequence, Hash.parse(seen.getRoot()));
    check(
        sequence > 0 || log.equals(SeenLog.nothing()),
        "the root of an empty log is the hash of nothing");
    return log;
  }

  private static List<FileDot> buildsOn(List<Dot> dots) throws FormatException {
    check(dots.size() <= Limits.MAX_BUILDS_ON, "the header builds on too many files");
    List<FileDot> files = new ArrayList<>(dots.size());
    for (Dot dot : dots) {
      files.add(new FileDot(
          DeviceId.parse(dot.getDevice()),
          counter(dot.getCounter(), "a counter built on"),
          FileId.parse(dot.getFile())));
    }
    return files;
  }

  private static List<Attested> attestations(List<Attestation> said) throws FormatException {
    check(said.size() <= Limits.MAX_ATTESTATIONS, "the header attests too many compactions");
    List<Attested> attested = new ArrayList<>(said.size());
    for (Attestation one : said) {
      attested.add(new Attested(FileId.parse(one.getCompaction()), isContested(one)));
    }
    return attested;
  }

  private static boolean isContested(Attestation said) throws FormatException {
    return switch (said.getVerdict()) {
      case ATTESTATION_VERDICT_ATTESTED -> false;
      case ATTESTATION_VERDICT_CONTESTED -> true;
      case UNRECOGNIZED ->
        throw new NewerFormatException(
            "the verdict of an attestation is not one that is known here");
      default -> throw new FormatException("an attestation has a verdict");
    };
  }

  private static long counter(long counter, String what) throws FormatException {
    check(counter >= 1 && counter < Limits.MAX_SEQUENCE, what + " must be 1 or above");
    return counter;
  }

  private static void check(boolean holds, String otherwise) throws FormatException {
    if (!holds) {
      throw new FormatException(otherwise);
    }
  }
}
