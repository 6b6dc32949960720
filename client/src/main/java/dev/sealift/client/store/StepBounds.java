package dev.sealift.client.store;

import dev.sealift.client.compact.Mentions;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** What a step says that no log of the space can say up to the step's base. */
final class StepBounds {
  private final SpaceRules rules;
  private final Predicate<DeviceId> isMember;

  /** Those that are; there are no more than the space ever had. */
  private final Set<DeviceId> members = new HashSet<>();

  StepBounds(SpaceRules rules, Predicate<DeviceId> isMember) {
    this.rules = rules;
    this.isMember = isMember;
  }

  /** @param baseMillis the server time up to which it may speak */
  void require(Mentions mentions, long baseMillis) throws FormatException {
    for (DeviceId device : mentions.devices()) {
      require(isMember(device), "a step has something of a device that was never in the space");
    }
    require(rules.isByArrival() || !mentions.placed(), "ranks go by time, and have no places");
    require(mentions.latestMillis() <= baseMillis, "a step speaks of the log behind its base");
    require(
        mentions.newest().millis() <= baseMillis + rules.clockBoundMillis(),
        "a step has an event that the mesh would not have taken yet");
  }

  private static void require(boolean holds, String what) throws FormatException {
    if (!holds) {
      throw new FormatException(what);
    }
  }

  private boolean isMember(DeviceId device) {
    return members.contains(device) || (isMember.test(device) && members.add(device));
  }
}
