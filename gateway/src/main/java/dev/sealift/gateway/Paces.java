package dev.sealift.gateway;

import dev.sealift.gateway.session.Taken;
import dev.sealift.protocol.id.SpaceId;
import java.util.LinkedHashMap;
import java.util.Map;

/** How fast devices of a space take files in, from when it was last told until now. */
final class Paces {
  /** Some 200 bytes each. Beyond, the space that was measured first is forgotten: it is measured again. */
  static final int MAX_SPACES = 10_000;

  private final Map<SpaceId, Taken> bySpace = new LinkedHashMap<>();

  void add(SpaceId space, Taken taken) {
    bySpace.merge(space, taken, Taken::plus);
    if (bySpace.size() > MAX_SPACES) {
      bySpace.remove(bySpace.keySet().iterator().next());
    }
  }

  /** Takes out what was measured, so that it is told once. */
  Taken take(SpaceId space) {
    Taken taken = bySpace.remove(space);
    return taken == null ? Taken.NOTHING : taken;
  }
}
