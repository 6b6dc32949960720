package dev.sealift.protocol.compaction;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import java.util.Collections;
import java.util.Set;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;

/**
 * Whether a compaction stands, by what devices say of it in the log behind its last part: the same code for the mesh and for every device.
 * Only a compaction that stands supersedes anything. That it is complete, and not void, is for the caller to know.
 *
 * <p>Immutable. No larger than the number of devices, however often they say something.
 */
public final class Standing {
  private final DeviceId author;
  private final MemberId member;
  private final boolean attested;
  /** Whoever was against it once: a device that was overruled is not heard again. */
  private final PSet<DeviceId> heard;
  /** Those that nobody has overruled. */
  private final PSet<DeviceId> contesters;

  private Standing(
      DeviceId author,
      MemberId member,
      boolean attested,
      PSet<DeviceId> heard,
      PSet<DeviceId> contesters) {
    this.author = author;
    this.member = member;
    this.attested = attested;
    this.heard = heard;
    this.contesters = contesters;
  }

  /**
   * Of a compaction of which nothing has been said yet.
   *
   * @param isOnlyDevice whether the space had no device but the author's as of the last part: then there is nobody to ask
   */
  public static Standing of(DeviceId author, MemberId member, boolean isOnlyDevice) {
    return new Standing(author, member, isOnlyDevice, HashTreePSet.empty(), HashTreePSet.empty());
  }

  /** After what is said of it next. */
  public Standing after(Attester by, boolean isContested) {
    return isContested ? contested(by.device()) : attested(by);
  }

  /** By its author too, who knows best. */
  private Standing contested(DeviceId by) {
    return heard.contains(by)
        ? this
        : new Standing(author, member, attested, heard.plus(by), contesters.plus(by));
  }

  private Standing attested(Attester by) {
    if (!by.counts(author, member)) {
      return this;
    }
    return new Standing(
        author, member, true, heard, by.overrules() ? HashTreePSet.empty() : contesters);
  }

  /** Whether it supersedes. */
  public boolean stands() {
    return attested && !isContested();
  }

  /** Whether somebody besides the author answers for it, or there was nobody. */
  public boolean isAttested() {
    return attested;
  }

  public boolean isContested() {
    return !contesters.isEmpty();
  }

  /** Who contests it and was not overruled. */
  public Set<DeviceId> contesters() {
    return Collections.unmodifiableSet(contesters);
  }
}
