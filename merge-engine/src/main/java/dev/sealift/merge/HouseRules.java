package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.admission.AdmissionGrant;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.admission.SpaceQuota;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.Optional;

/**
 * What this mesh asks of a new file beside the protocol's rules: a clock that can be right, a token
 * where there must be one, room, and a bearable rate. No file that was admitted before comes here.
 */
final class HouseRules {
  /** Nobody frees room or buys a token within seconds; a minute is soon enough to notice. */
  static final long QUOTA_RETRY_MILLIS = 60_000;

  /** Clocks are set right within seconds of being noticed. */
  static final long CLOCK_RETRY_MILLIS = 5_000;

  /**
   * Beyond the quota, for membership files alone: a full space must still be able to let someone go.
   * A change that seals a key to 4,096 devices takes about 500 KiB; this is a few dozen of them.
   */
  static final long RESERVE_BYTES = 16L << 20;

  /** As many changes as a large space sees in months. */
  static final long RESERVE_FILES = 1_000;

  /**
   * Of one space's membership: every load of the space brings and checks all of them. Thousands of devices, each invited and let go again,
   * fit; an engine checks so many signatures in a second.
   */
  static final long MAX_CHANGES = 16_384;

  /** The last of them are for whatever else than growing: also a space that grew to the bound can let someone go. */
  static final long RESERVE_CHANGES = 1_024;

  /** A change names keys and numbers; what it seals is payload. A larger header is padded. */
  static final int MAX_CHANGE_BYTES = 4 << 10;

  /**
   * All their headers together: what a load brings, and an engine has in memory as often as it loads at once. Room for as many changes as there
   * may be, of half a kilobyte each, which is what an invitation and a join take.
   */
  static final long MAX_MEMBERSHIP_BYTES = 8L << 20;

  /** The last of them, for the same. */
  static final long RESERVE_MEMBERSHIP_BYTES = MAX_MEMBERSHIP_BYTES / 16;

  /**
   * Of one device, begun and neither standing nor superseded. A device makes one at a time; the others are what was cut off, or waits for somebody
   * to attest it. With this and {@code Limits.MAX_COMPACTION_PARTS} a device keeps at most 16,384 parts live that nobody else answers for.
   */
  static final int MAX_OPEN_COMPACTIONS = 4;

  private final SpacePolicy policy;
  private final SigningKey notary;
  private final TokenDesk desk;
  private boolean clockBelieved = true;

  HouseRules(SpacePolicy policy, SigningKey notary) {
    this.policy = policy;
    this.notary = notary;
    this.desk = new TokenDesk(policy.tokenKeys());
  }

  void believeClock(boolean believed) {
    clockBelieved = believed;
  }

  boolean isClockBelieved() {
    return clockBelieved;
  }

  /** Whether compactions and attestations are admitted, unless the store turns out to be one that would not note them. */
  boolean takesCompactions() {
    return policy.compactions();
  }

  /** Compactions are not taken where the operator wants none; and never by a store that would not note them. */
  void kind(SignedHeader file, Candidate candidate) throws Refused {
    if (isAboutCompactions(file) && !(policy.compactions() && isNoted(candidate))) {
      throw Refused.because(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
    }
  }

  static boolean isAboutCompactions(SignedHeader file) {
    FileKind kind = file.header().kind();
    return kind == FileKind.FILE_KIND_COMPACTION || kind == FileKind.FILE_KIND_ATTESTATION;
  }

  /** The store that has the payload is the one that gets the commit. Beside this engine may be one of an older version, which would drop what it does not know. */
  static boolean isNoted(Candidate candidate) {
    return candidate.payload().getNotesCompactions();
  }

  /** Whether the device may begin a compaction. One that is alone in its space may always: whatever it finishes stands. */
  void begins(SignedHeader file, Membership membership, Draft draft, Answers answers)
      throws Refused {
    if (file.header().part() != 1 || membership.isOneDevice()) {
      return;
    }
    DeviceId device = file.header().device();
    if (answers.begun(device) + draft.begun(device) >= MAX_OPEN_COMPACTIONS) {
      throw Refused.because(RefusalCode.REFUSAL_CODE_COMPACTIONS_OPEN);
    }
  }

  /** Server times only rise: a number given by a wrong clock would stay for ever. */
  void clock() throws Refused {
    if (!clockBelieved) {
      throw Refused.until(RefusalCode.REFUSAL_CODE_CLOCK_DOUBTFUL, CLOCK_RETRY_MILLIS);
    }
  }

  /** What a space may have that is kept under this token, if tokens count here. */
  SpaceQuota quota(Optional<AdmissionToken> token) {
    return policy.asksForTokens()
        ? token.map(AdmissionToken::quota).orElse(SpaceQuota.UNSAID).or(policy.quota())
        : policy.quota();
  }

  /**
   * The token under which the space is kept with this request: its own, or a newer one that the
   * request brings. Empty where tokens do not count.
   */
  Optional<AdmissionToken> token(Ask.Admit ask, SpaceView view, long nowMillis) throws Refused {
    if (!policy.asksForTokens()) {
      return Optional.empty();
    }
    Optional<AdmissionToken> own = view.token();
    TokenDesk.Standing ownStanding = desk.standing(own, nowMillis);
    if (ask.token().isEmpty()
        || own.filter(t -> t.byteString().equals(ask.token())).isPresent()) {
      return require(own, ownStanding);
    }
    Optional<AdmissionToken> brought = TokenDesk.read(ask.token());
    TokenDesk.Standing broughtStanding =
        brought.isPresent() ? desk.standing(brought, nowMillis) : TokenDesk.Standing.INVALID;
    if (ownStanding != TokenDesk.Standing.GOOD) {
      return require(brought, broughtStanding);
    }
    boolean renews = broughtStanding == TokenDesk.Standing.GOOD
        && mayRenew(ask, view, own.orElseThrow(), brought.orElseThrow());
    return renews ? brought : own;
  }

  private static Optional<AdmissionToken> require(
      Optional<AdmissionToken> token, TokenDesk.Standing standing) throws Refused {
    RefusalCode otherwise = standing.refusal();
    if (otherwise != RefusalCode.REFUSAL_CODE_UNSPECIFIED) {
      throw Refused.until(otherwise, QUOTA_RETRY_MILLIS);
    }
    return token;
  }

  /** As long as a space's token is good, only its tenant's next one, or an owner, changes whose space it is. */
  private static boolean mayRenew(
      Ask.Admit ask, SpaceView view, AdmissionToken own, AdmissionToken brought) {
    boolean sameTenant = own.tenant().equals(brought.tenant());
    boolean byOwner = view.membership()
        .flatMap(membership -> membership.device(ask.device()))
        .filter(Device::mayChangeMembers)
        .isPresent();
    return brought.issuedAtMillis() > own.issuedAtMillis() && (sameTenant || byOwner);
  }

  /** The token as the store is to keep it. */
  ByteString bind(AdmissionToken token, SpaceId space) {
    return AdmissionGrant.bind(token, space, notary);
  }

  /** Whether there is room for one more file. */
  void room(SignedHeader file, Candidate candidate, SpaceView view, Optional<AdmissionToken> token)
      throws Refused {
    SpaceQuota quota = quota(token);
    boolean reserve = isMembership(file);
    if (reserve) {
      roomForChange(file, view);
    }
    long bytes = quota.storedBytes() + (reserve ? RESERVE_BYTES : 0);
    long files = quota.storedFiles() + (reserve ? RESERVE_FILES : 0);
    if (view.storedBytes() + candidate.bytes() > bytes || view.size() + 1 > files) {
      throw Refused.until(RefusalCode.REFUSAL_CODE_OVER_QUOTA, QUOTA_RETRY_MILLIS);
    }
  }

  private static void roomForChange(SignedHeader file, SpaceView view) throws Refused {
    if (file.byteString().size() > MAX_CHANGE_BYTES) {
      throw Refused.because(RefusalCode.REFUSAL_CODE_MALFORMED);
    }
    MembershipChange change = file.header().membership().orElseThrow();
    boolean grows = change.hasOpenInvitation() || change.hasJoin();
    long changes = view.membership().map(Membership::number).orElse(-1L) + 1;
    long bytes = view.membershipBytes() + file.byteString().size();
    if (changes >= MAX_CHANGES - (grows ? RESERVE_CHANGES : 0)
        || bytes > MAX_MEMBERSHIP_BYTES - (grows ? RESERVE_MEMBERSHIP_BYTES : 0)) {
      throw Refused.until(RefusalCode.REFUSAL_CODE_OVER_QUOTA, QUOTA_RETRY_MILLIS);
    }
  }

  /** Whether the space may bring one more file now. A removal gets through while the one to be removed floods. */
  void rate(SignedHeader file, Candidate candidate, SpaceView view, Rate rate, long nowMillis)
      throws Refused {
    if (candidate.isCharged()) {
      return; // judged again after a commit that was lost
    }
    int extraBursts = isMembership(file) ? 1 : 0;
    long wait = rate.waitMillis(quota(view.token()), extraBursts, nowMillis);
    if (wait > 0) {
      throw Refused.until(RefusalCode.REFUSAL_CODE_BUSY, wait);
    }
  }

  void charge(Candidate candidate, SpaceView view, Rate rate, long nowMillis) {
    if (candidate.charge()) {
      rate.charge(quota(view.token()), candidate.bytes(), nowMillis);
    }
  }

  private static boolean isMembership(SignedHeader file) {
    return file.header().kind() == FileKind.FILE_KIND_MEMBERSHIP;
  }
}
