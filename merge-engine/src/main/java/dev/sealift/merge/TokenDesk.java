package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says of a token whether it is good. Whose it is takes a signature check, so that answer is remembered for a while. */
final class TokenDesk {
  /** Tokens remembered: those of the spaces at work, at about 300 bytes each. A stranger to it is just verified again. */
  private static final int REMEMBERED = 1_024;

  /** Between the clock of who issues a token and this one. */
  static final long ISSUER_AHEAD_MILLIS = 300_000;

  /** How a token stands. */
  enum Standing {
    GOOD(RefusalCode.REFUSAL_CODE_UNSPECIFIED),
    MISSING(RefusalCode.REFUSAL_CODE_TOKEN_REQUIRED),
    INVALID(RefusalCode.REFUSAL_CODE_TOKEN_INVALID),
    EXPIRED(RefusalCode.REFUSAL_CODE_TOKEN_EXPIRED);

    private final RefusalCode refusal;

    Standing(RefusalCode refusal) {
      this.refusal = refusal;
    }

    /** What a file under such a token is told; unspecified when it is good. */
    RefusalCode refusal() {
      return refusal;
    }
  }

  private final List<VerifyingKey> keys;
  private final Map<AdmissionToken, Boolean> signed = new LinkedHashMap<>();

  TokenDesk(List<VerifyingKey> keys) {
    this.keys = keys;
  }

  /** Empty when the bytes are none, or of a version that this mesh does not know. */
  static Optional<AdmissionToken> read(ByteString bytes) {
    try {
      return Optional.of(AdmissionToken.parse(bytes));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  Standing standing(Optional<AdmissionToken> token, long nowMillis) {
    if (token.isEmpty()) {
      return Standing.MISSING;
    }
    AdmissionToken shown = token.get();
    if (shown.issuedAtMillis() > nowMillis + ISSUER_AHEAD_MILLIS || !isOperators(shown)) {
      return Standing.INVALID;
    }
    return shown.isExpiredAt(nowMillis) ? Standing.EXPIRED : Standing.GOOD;
  }

  private boolean isOperators(AdmissionToken token) {
    Boolean known = signed.get(token);
    if (known == null) {
      known = keys.stream().anyMatch(token::isSignedBy);
      if (signed.size() >= REMEMBERED) {
        signed.remove(signed.keySet().iterator().next());
      }
      signed.put(token, known);
    }
    return known;
  }
}
