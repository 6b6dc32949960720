package dev.sealift.protocol.evidence;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.proto.EvidenceBody;
import dev.sealift.protocol.proto.EvidenceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a device says that it has caught somebody at, signed by it. Nobody has to take its word: it says what to look for in the files behind it, which others have signed.
 *
 * @param notary the mesh's key, which the space's genesis has to name
 * @param reporter who signs it
 * @param reportedAtMillis by the reporter's estimate of the mesh's clock, Unix milliseconds
 * @param sequence the last one of the log that follows; 0 where nothing follows
 * @param root the log's, there
 * @param compaction the last part of the compaction that it is about; empty where it is about something else
 * @param incarnations what the mesh said that it lost when it was restored, in their order
 * @param keys what opens the payloads, where the reporter gives it away
 * @param shown what the mesh has signed or sent; nothing of it is where it is about a compaction
 */
public record Evidence(
    EvidenceKind kind,
    SpaceId space,
    VerifyingKey notary,
    DevicePublicKeys reporter,
    long reportedAtMillis,
    long sequence,
    Hash root,
    Optional<FileId> compaction,
    List<SignedIncarnation> incarnations,
    List<RevealedEpoch> keys,
    Shown shown) {
  private static final int VERSION = 1;

  public Evidence {
    incarnations = List.copyOf(incarnations);
    keys = List.copyOf(keys);
  }

  /** The encoded body and the reporter's signature over it. */
  public ByteString sign(SigningKey reporterKey) {
    EvidenceBody.Builder body = EvidenceBody.newBuilder()
        .setVersion(VERSION)
        .setSpace(space.byteString())
        .setNotary(notary.byteString())
        .setReporter(reporter.toProto())
        .setReportedAtMillis(reportedAtMillis)
        .setKind(kind)
        .setSequence(sequence)
        .setRoot(root.byteString());
    compaction.map(FileId::byteString).ifPresent(body::setCompaction);
    incarnations.forEach(signed -> body.addIncarnations(signed.exact()));
    keys.forEach(key -> body.addKeys(key.toProto()));
    shown.writeTo(body);
    ByteString bytes = body.build().toByteString();
    byte[] signature = reporterKey.sign(SignatureContext.EVIDENCE, bytes.toByteArray());
    return bytes.concat(ByteString.copyFrom(signature));
  }

  /**
   * Reads what came from outside, the reporter's signature included.
   *
   * @throws NewerFormatException when it is of a version, or about something, that this code does not know
   */
  public static Evidence parse(ByteString signed) throws FormatException {
    int end = signed.size() - VerifyingKey.SIGNATURE_BYTES;
    if (end <= 0 || signed.size() > Limits.MAX_EVIDENCE_BYTES) {
      throw new FormatException("it has no length that evidence can have");
    }
    EvidenceBody body = body(signed.substring(0, end));
    if (body.getVersion() > VERSION || body.getKind() == EvidenceKind.UNRECOGNIZED) {
      throw new NewerFormatException("evidence of a newer version");
    }
    Evidence evidence = new Evidence(
        body.getKind(),
        SpaceId.parse(body.getSpace()),
        VerifyingKey.parse(body.getNotary()),
        DevicePublicKeys.parse(body.getReporter()),
        body.getReportedAtMillis(),
        body.getSequence(),
        Hash.parse(body.getRoot()),
        body.getCompaction().isEmpty()
            ? Optional.empty()
            : Optional.of(FileId.parse(body.getCompaction())),
        incarnations(body.getIncarnationsList()),
        keys(body),
        Shown.parse(body));
    evidence.check(body.getVersion());
    boolean isReporters = evidence
        .reporter()
        .signing()
        .verify(
            SignatureContext.EVIDENCE,
            signed.substring(end).toByteArray(),
            signed.substring(0, end).toByteArray());
    if (!isReporters) {
      throw new FormatException("it is not signed by its reporter");
    }
    return evidence;
  }

  private static EvidenceBody body(ByteString bytes) throws FormatException {
    try {
      return EvidenceBody.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("what it says is no protobuf message", e);
    }
  }

  private void check(int version) throws FormatException {
    boolean isOfCompaction = kind == EvidenceKind.EVIDENCE_KIND_COMPACTION_FALSE;
    boolean holds = version == VERSION
        && kind != EvidenceKind.EVIDENCE_KIND_UNSPECIFIED
        && compaction.isPresent() == isOfCompaction
        && (isOfCompaction ? shown.isNothing() : shown.isOneThing())
        && sequence >= (isOfCompaction ? 1 : 0)
        && sequence <= Limits.MAX_SEQUENCE
        && reportedAtMillis >= 0;
    if (!holds) {
      throw new FormatException("it does not say what it is evidence of");
    }
  }

  private static List<SignedIncarnation> incarnations(List<ByteString> exact)
      throws FormatException {
    if (exact.size() > Limits.MAX_INCARNATIONS) {
      throw new FormatException("it has more incarnations than any space");
    }
    List<SignedIncarnation> incarnations = new ArrayList<>(exact.size());
    for (ByteString one : exact) {
      incarnations.add(SignedIncarnation.parse(one));
    }
    return incarnations;
  }

  private static List<RevealedEpoch> keys(EvidenceBody body) throws FormatException {
    if (body.getKeysCount() > Limits.MAX_KEY_ENVELOPES) {
      throw new FormatException("it reveals more keys than a space has");
    }
    List<RevealedEpoch> keys = new ArrayList<>(body.getKeysCount());
    for (var key : body.getKeysList()) {
      keys.add(RevealedEpoch.parse(key));
    }
    return keys;
  }
}
