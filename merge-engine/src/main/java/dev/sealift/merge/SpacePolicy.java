package dev.sealift.merge;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.admission.SpaceQuota;
import dev.sealift.protocol.crypto.VerifyingKey;
import java.util.List;

/**
 * What each space may have, and by whose leave.
 *
 * @param tokenKeys the operators' whose admission tokens count; with none, anyone may found spaces
 * @param quota what a space may have of which no token says otherwise
 * @param compactions whether compactions and attestations are admitted
 * @param recoveryMillis how long a restored mesh takes back what devices hold, counted by each engine from when it first loads a space of the marked
 *     store
 */
public record SpacePolicy(
    List<VerifyingKey> tokenKeys, SpaceQuota quota, boolean compactions, long recoveryMillis) {
  /** Time for most devices that are used every day to connect by themselves; edits wait on them meanwhile. */
  public static final long RECOVERY_MILLIS = 600_000;

  /** More than a few mean that old ones are never taken away; each costs a signature check a token. */
  public static final int MAX_TOKEN_KEYS = 16;

  /** Hundreds of a household's, and a disk of a few TB still holds hundreds of the largest. */
  public static final long STORED_BYTES = 10L << 30;

  /** As many as one device sends that writes every two seconds for a year. Each costs 113 bytes of log for ever. */
  public static final long STORED_FILES = 16_000_000;

  /** A company in one space; at 20 KiB each, a twentieth of a gateway's connections. */
  public static final long CONNECTIONS = 1_000;

  /** One in use, and those that broke and were not noticed yet: silence shows after 75 seconds. */
  public static final long DEVICE_CONNECTIONS = 4;

  /** A gigabit line half full. It stops a runaway loop; what a tenant pays for is for tokens to say. */
  public static final long BYTES_PER_SECOND = 64L << 20;

  /** What a thousand devices write at five files a second each: most of what one engine's thread verifies. */
  public static final long FILES_PER_SECOND = 5_000;

  /** The bounds of rates that a gateway has for every connection anyway. */
  private static final long LEFT_TO_GATEWAY = 0;

  public static final SpaceQuota DEFAULT_QUOTA = new SpaceQuota(
      STORED_BYTES,
      STORED_FILES,
      CONNECTIONS,
      DEVICE_CONNECTIONS,
      BYTES_PER_SECOND,
      FILES_PER_SECOND,
      LEFT_TO_GATEWAY,
      LEFT_TO_GATEWAY);

  /** @throws IllegalArgumentException when there are more keys than anyone rotates */
  public SpacePolicy {
    tokenKeys = List.copyOf(tokenKeys);
    if (tokenKeys.size() > MAX_TOKEN_KEYS) {
      throw new IllegalArgumentException("at most " + MAX_TOKEN_KEYS + " token keys");
    }
    quota = quota.or(DEFAULT_QUOTA);
  }

  public SpacePolicy(List<VerifyingKey> tokenKeys, SpaceQuota quota) {
    this(tokenKeys, quota, false, RECOVERY_MILLIS);
  }

  public SpacePolicy withRecoveryMillis(long millis) {
    return new SpacePolicy(tokenKeys, quota, compactions, millis);
  }

  /** Admits compactions and attestations as well. */
  public SpacePolicy withCompactions() {
    return new SpacePolicy(tokenKeys, quota, true, recoveryMillis);
  }

  /** Anyone may found spaces, each within the default quota. */
  public static SpacePolicy open() {
    return new SpacePolicy(List.of(), DEFAULT_QUOTA);
  }

  /** For measuring the core itself, and all that it does. */
  public static SpacePolicy unbounded() {
    long most = Limits.MAX_SEQUENCE - 1;
    return new SpacePolicy(
            List.of(), new SpaceQuota(most, most, most, most, most, most, most, most))
        .withCompactions();
  }

  /** Whether a space needs a token. */
  boolean asksForTokens() {
    return !tokenKeys.isEmpty();
  }
}
