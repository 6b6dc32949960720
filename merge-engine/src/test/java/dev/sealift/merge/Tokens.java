package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.admission.SpaceQuota;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import java.util.List;

/** An operator, and the tokens that it issues. */
final class Tokens {
  static final SigningKey OPERATOR = SigningKey.fromSeed(Hash.of(new byte[] {8}).toByteArray());
  static final long VALID_MILLIS = 600_000;

  private Tokens() {}

  static SpacePolicy policy() {
    return new SpacePolicy(List.of(OPERATOR.verifyingKey()), SpaceQuota.UNSAID);
  }

  static SpaceQuota files(long files) {
    return new SpaceQuota(0, files, 0, 0, 0, 0, 0, 0);
  }

  static SpaceQuota bytes(long bytes) {
    return new SpaceQuota(bytes, 0, 0, 0, 0, 0, 0, 0);
  }

  static AdmissionToken token(int tenant, long issuedAtMillis, SpaceQuota quota) {
    return token(OPERATOR, tenant, issuedAtMillis, quota);
  }

  static AdmissionToken token(
      SigningKey operator, int tenant, long issuedAtMillis, SpaceQuota quota) {
    byte[] id = new byte[AdmissionToken.TENANT_BYTES];
    id[0] = (byte) tenant;
    return AdmissionToken.sign(
        operator, ByteString.copyFrom(id), 1, issuedAtMillis, issuedAtMillis + VALID_MILLIS, quota);
  }
}
