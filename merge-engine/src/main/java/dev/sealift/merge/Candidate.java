package dev.sealift.merge;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that asks to be admitted: parsed once and verified at most once, however often its request
 * is judged again after a conflict.
 */
final class Candidate {
  private final Optional<SignedHeader> header;
  private final RefusalCode flaw;
  private final StagedPayload payload;
  private final int headerBytes;
  private final long serverTimeMillis;
  private @Nullable VerifyingKey verifiedWith;
  private boolean signatureGood;
  private boolean charged;

  private Candidate(Optional<SignedHeader> header, RefusalCode flaw, AdmitFile file) {
    this.header = header;
    this.flaw = flaw;
    this.payload = file.getPayload();
    this.headerBytes = file.getSignedHeader().size();
    this.serverTimeMillis = file.getServerTimeMillis();
  }

  static Candidate of(AdmitFile file) {
    try {
      SignedHeader header = SignedHeader.parse(file.getSignedHeader());
      return new Candidate(Optional.of(header), RefusalCode.REFUSAL_CODE_UNSPECIFIED, file);
    } catch (NewerFormatException e) {
      return new Candidate(Optional.empty(), RefusalCode.REFUSAL_CODE_UNSUPPORTED, file);
    } catch (FormatException e) {
      return new Candidate(Optional.empty(), RefusalCode.REFUSAL_CODE_MALFORMED, file);
    }
  }

  /** Empty when the bytes break the format, or are of one that is newer than this mesh. */
  Optional<SignedHeader> header() {
    return header;
  }

  /** Why there is no header. */
  RefusalCode flaw() {
    return flaw;
  }

  /** What the store computed of the staged payload. */
  StagedPayload payload() {
    return payload;
  }

  /** Of a file that is brought back: its old one, as the device says. */
  long serverTimeMillis() {
    return serverTimeMillis;
  }

  int headerBytes() {
    return headerBytes;
  }

  long bytes() {
    return (long) headerBytes + Math.max(0, payload.getLength());
  }

  boolean isCharged() {
    return charged;
  }

  /** True the first time: a file counts against its space's rate once, however often it is judged. */
  boolean charge() {
    boolean first = !charged;
    charged = true;
    return first;
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
