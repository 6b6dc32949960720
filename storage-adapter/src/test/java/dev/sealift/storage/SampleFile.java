package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.proto.FileKind;
import java.util.List;
import java.util.Optional;

/** A file as a store sees it. Its header says anything: a store reads the hybrid time alone, and that when it reclaims it. */
public record SampleFile(
    DeviceId device,
    long counter,
    FileKind kind,
    ByteString header,
    ByteString payload,
    long serverTimeMillis,
    long base,
    Optional<CompactionPart> compaction,
    List<CommitAttestation> attestations,
    long expiresAtMillis) {

  public SampleFile(
      DeviceId device,
      long counter,
      FileKind kind,
      ByteString header,
      ByteString payload,
      long serverTimeMillis,
      long base) {
    this(
        device,
        counter,
        kind,
        header,
        payload,
        serverTimeMillis,
        base,
        Optional.empty(),
        List.of(),
        0);
  }

  SampleFile saying(CompactionPart part) {
    return new SampleFile(
        device,
        counter,
        kind,
        header,
        payload,
        serverTimeMillis,
        base,
        Optional.of(part),
        List.of(),
        0);
  }

  SampleFile attesting(List<CommitAttestation> said) {
    return new SampleFile(
        device, counter, kind, header, payload, serverTimeMillis, base, Optional.empty(), said, 0);
  }

  /** The same, whose payload may go from then on. */
  SampleFile expiring(long atMillis) {
    return new SampleFile(
        device,
        counter,
        kind,
        header,
        payload,
        serverTimeMillis,
        base,
        compaction,
        attestations,
        atMillis);
  }

  public FileId id() {
    return FileId.of(Hash.of(header.toByteArray()));
  }

  /** Of its header. */
  public HybridTime hybridTime() {
    try {
      return SignedHeader.parse(header).header().time();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
