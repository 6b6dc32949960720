package dev.sealift.compactor;

import dev.sealift.protocol.id.DeviceId;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a space stands.
 *
 * <pre>
 *          grown by enough             enough to compact
 * Quiet ───────────────────▶ Asking ─────────────────────▶ Gathering ── somebody's turn ──▶ Offered
 *   ▲                        │ ▲  │                            │                            │ │ ▲ │
 *   └── too few, no answer ──┘ │  │ what was                   │ nobody's             time  │ └─┘ │
 *                              │  │ offered has begun          │ turn                 over  │ not │
 *                              │  ▼                            ▼                            │ told, the next one
 *                              └── Resting ◀───────────────────┴──── nobody is left ────────│─────┘
 *                              └────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>An offer that is over leads to the same question as growth: the log says whether it was taken.
 */
sealed interface Phase {
  /** Until the log has grown to some size. */
  record Quiet() implements Phase {}

  /** The store is asked what stands and how many files are live. */
  record Asking() implements Phase {}

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

  /** A device was told that it is its turn. */
  record Offered(Known known, Line line, DeviceId device) implements Phase {}

  /** Nothing is offered for a while. */
  record Resting() implements Phase {}
}
