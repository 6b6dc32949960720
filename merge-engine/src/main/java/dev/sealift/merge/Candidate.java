package dev.sealift.merge;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that asks to be admitted: parsed once and verified at most once, however often its request
 * is judged again after a conflict.
 */
final class Candidate {
  private final Optional<SignedHeader> header;
  private final StagedPayload payload;
  private final int headerBytes;
  private @Nullable VerifyingKey verifiedWith;
  private boolean signatureGood;

  private Candidate(Optional<SignedHeader> header, StagedPayload payload, int headerBytes) {
    this.header = header;
    this.payload = payload;
    this.headerBytes = headerBytes;
  }

  static Candidate of(AdmitFile file) {
    int headerBytes = file.getSignedHeader().size();
    return new Candidate(parse(file), file.getPayload(), headerBytes);
  }

  private static Optional<SignedHeader> parse(AdmitFile file) {
    try {
      return Optional.of(SignedHeader.parse(file.getSignedHeader()));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** Empty when the bytes break the format. */
  Optional<SignedHeader> header() {
    return header;
  }

  /** What the store computed of the staged payload. */
  StagedPayload payload() {
    return payload;
  }

  int headerBytes() {
    return headerBytes;
  }

  long bytes() {
    return (long) headerBytes + Math.max(0, payload.getLength());
  }

  /** Whether {@code key} signed the header. The dearest of all checks, so its answer is kept. */
  boolean isSignedBy(SignedHeader file, VerifyingKey key) {
    if (!key.equals(verifiedWith)) {
      signatureGood = file.verify(key);
      verifiedWith = key;
    }
    return signatureGood;
  }
}
