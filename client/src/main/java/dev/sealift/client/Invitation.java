package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.Limits;
import java.time.Duration;

/** What an invitation gives: how many may join by it, and for how long. Immutable. */
public final class Invitation {
  /** How long {@link Space#invite} waits for the mesh. */
  static final Duration OPENING_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration DEFAULT_VALIDITY = Duration.ofDays(7);
  /** Paper lies in a drawer until it is needed: as long as any duration of a space may be. */
  private static final Duration PAPER_VALIDITY = Duration.ofDays(36_500);

  private static final Duration LONGEST_VALIDITY = Duration.ofDays(3650);

  private final MemberRole role;
  private final boolean isForOwnDevice;
  private final Duration validFor;
  private final int uses;

  private Invitation(MemberRole role, boolean isForOwnDevice, Duration validFor, int uses) {
    this.role = role;
    this.isForOwnDevice = isForOwnDevice;
    this.validFor = validFor;
    this.uses = uses;
  }

  /** For one device that may write, good for a week. */
  public static Invitation forOneWriter() {
    return new Invitation(MemberRole.WRITER, false, DEFAULT_VALIDITY, 1);
  }

  /** By which whoever has a paper key's words comes into its recovery space. */
  static Invitation ofPaper() {
    return ofPaperKey(MemberRole.OWNER, Limits.MAX_INVITATION_USES);
  }

  /** By which a paper key's device comes into a space. */
  static Invitation ofPaperKey(MemberRole role, int uses) {
    return new Invitation(role, true, PAPER_VALIDITY, uses);
  }

  /** What who joins may do. */
  public Invitation role(MemberRole given) {
    return new Invitation(given, isForOwnDevice, validFor, uses);
  }

  /** For devices of the same member as this one, and not for others: who may not invite others may do that, in roles up to her own. */
  public Invitation forOwnDevice() {
    return new Invitation(role, true, validFor, uses);
  }

  /**
   * @throws SealiftException {@code INVALID_INPUT} when it is not between a second and ten years
   */
  public Invitation validFor(Duration duration) {
    if (duration.compareTo(Duration.ofSeconds(1)) < 0 || duration.compareTo(LONGEST_VALIDITY) > 0) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "An invitation is good for a second to ten years.");
    }
    return new Invitation(role, isForOwnDevice, duration, uses);
  }

  /**
   * @throws SealiftException {@code INVALID_INPUT} when it is not between 1 and {@value Limits#MAX_INVITATION_USES}
   */
  public Invitation uses(int count) {
    if (count < 1 || count > Limits.MAX_INVITATION_USES) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "An invitation is good for 1 to " + Limits.MAX_INVITATION_USES + " uses.");
    }
    return new Invitation(role, isForOwnDevice, validFor, count);
  }

  MemberRole role() {
    return role;
  }

  boolean isForOwnDevice() {
    return isForOwnDevice;
  }

  Duration validFor() {
    return validFor;
  }

  int uses() {
    return uses;
  }
}
