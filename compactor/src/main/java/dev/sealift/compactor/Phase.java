package dev.sealift.compactor;

import dev.sealift.protocol.id.DeviceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a space stands.
 *
 * <pre>
 *          grown by enough             enough to compact
 * Quiet ───────────────────▶ Asking ─────────────────────▶ Gathering ── somebody's turn ──▶ Offered
 *   ▲                        │ ▲  │                            │                            │ │ ▲ │
 *   └── too few, no answer ──┘ │  │ what was offered has       │ nobody's        time over, │ └─┘ │
 *                              │  │ begun, and does not stand  │ turn             or grown  │ not │
 *                              │  ▼                            ▼                            │ told, the next one
 *                              └── Resting ◀───────────────────┴──── nobody is left ────────│─────┘
 *                              └────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>An offer that is over leads to the same question as growth: the log says whether it was taken. So does growth while it stands, which may be what comes of it; if not, the offer goes on.
 */
sealed interface Phase {
  /** Until the log has grown to some size. */
  record Quiet() implements Phase {}

  /**
   * The store is asked what stands and how many files are live.
   *
   * @param offer that goes on unless the answer says that it is over
   */
  record Asking(Optional<Offered> offer) implements Phase {}

  /** Gateways say who is there. */
  record Gathering(Known known, Map<DeviceId, Present> present) implements Phase {
    Gathering(Known known) {
      this(known, new HashMap<>());
    }

    /** Of a device with two connections either will do. */
    void add(Present one) {
      if (present.size() < CompactorLimits.MAX_PRESENT || present.containsKey(one.device())) {
        present.put(one.device(), one);
      }
    }
  }

  /**
   * A device was told that it is its turn.
   *
   * @param until whatever has come of it then
   * @param lookAt not before then is it looked at what has come of it
   * @param waitMillis from one such look to the next
   */
  record Offered(Known known, Line line, DeviceId device, long until, long lookAt, long waitMillis)
      implements Phase {
    Offered(Known known, Line line, DeviceId device, long now) {
      this(
          known,
          line,
          device,
          now + CompactorLimits.OFFER_MILLIS,
          now + CompactorLimits.FIRST_LOOK_MILLIS,
          2 * CompactorLimits.FIRST_LOOK_MILLIS);
    }

    /** Nothing has come of it yet. */
    Offered later(long now) {
      return new Offered(known, line, device, until, now + waitMillis, 2 * waitMillis);
    }
  }

  /** Nothing is offered for a while. */
  record Resting() implements Phase {}
}
