package dev.sealift.gateway.session;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.DeviceHint;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.ProblemCode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a device takes offers of work, and why it would rather not.
 *
 * @param hints those that are known here, each once
 */
record Availability(boolean takesOffers, Set<DeviceHint> hints) {
  static final Availability NONE = new Availability(false, Set.of());

  Availability {
    hints = Set.copyOf(hints);
  }

  static Availability of(PositionReport report) throws Breach {
    if (report.getHintsCount() > Limits.MAX_DEVICE_HINTS) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
    return new Availability(report.getTakesOffers(), known(report.getHintsList()));
  }

  private static Set<DeviceHint> known(List<DeviceHint> hints) {
    Set<DeviceHint> known = EnumSet.noneOf(DeviceHint.class);
    hints.stream()
        .filter(hint -> hint != DeviceHint.UNRECOGNIZED)
        .filter(hint -> hint != DeviceHint.DEVICE_HINT_UNSPECIFIED)
        .forEach(known::add);
    return known;
  }
}
