package dev.sealift.protocol.file;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.MembershipChange;
import java.util.List;
import java.util.Optional;

/**
 * What a signed header says, checked for form: lengths, ranges and order, but not yet for truth.
 *
 * @param space empty in a genesis file, whose own id names the space
 * @param counter the place in the device's chain, from 1
 * @param previous the device's file before; empty exactly when {@code counter} is 1
 * @param time of the newest event in the file
 * @param expiresAtMillis server time after which the mesh may drop the payload; 0: never
 * @param generation of a compaction, from 1; else 0
 * @param supersedes of a compaction one span, which ends at {@code seen}; else empty
 * @param membership there exactly when {@code kind} is membership
 * @param part of a compaction, from 1 to {@code parts}; else 0
 * @param parts that the compaction has; else 0
 * @param attestations there exactly when {@code kind} is attestation
 * @param keyId of a file of events or of a part of a compaction in epoch 2 or later, the {@linkplain #keyId id} of the key that seals it; else empty
 * @param payloadLength bytes, at most {@link dev.sealift.protocol.Limits#MAX_PAYLOAD_BYTES}
 */
public record FileHeader(
    FileKind kind,
    Optional<SpaceId> space,
    DeviceId device,
    long counter,
    Optional<FileId> previous,
    HybridTime time,
    CollectionId collection,
    int epoch,
    int generation,
    List<SequenceSpan> supersedes,
    SeenLog seen,
    List<FileDot> buildsOn,
    long expiresAtMillis,
    ByteString salt,
    Optional<MembershipChange> membership,
    int part,
    int parts,
    List<Attested> attestations,
    ByteString keyId,
    int payloadLength,
    Hash payloadHash) {
  public static final int SALT_BYTES = 32;
  public static final int KEY_ID_BYTES = 16;

  public FileHeader {
    supersedes = List.copyOf(supersedes);
    buildsOn = List.copyOf(buildsOn);
    attestations = List.copyOf(attestations);
  }

  /**
   * How sealed files name the key of their epoch. The key of epoch 1, which the space's id commits to, needs no name.
   *
   * @param commitment to the key, 32 bytes
   */
  public static ByteString keyId(int epoch, ByteString commitment) {
    return epoch == 1 ? ByteString.EMPTY : commitment.substring(0, KEY_ID_BYTES);
  }

  /** Whether the payload is sealed under an epoch's key. */
  public boolean isSealed() {
    return kind != FileKind.FILE_KIND_MEMBERSHIP && kind != FileKind.FILE_KIND_ATTESTATION;
  }

  /** The first file of a space. */
  public boolean isGenesis() {
    return membership.isPresent() && membership.get().hasGenesis();
  }
}
