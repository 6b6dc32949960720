package dev.sealift.merge;

/**
 * Where the engine stands with one space. {@link Slot} makes the transitions:
 *
 * <pre>
 *                        ┌──────────────── conflict, outcome unknown, log has grown ───────────────┐
 *                        ▼                                                                         │
 * Unloaded ── ask ──▶ Loading ── loaded, nothing known before ──────────────▶ Serving ── taken ──▶ Asking
 *    ▲                │ │  │                                                  ▲    ▲   dots, old    │ │
 *    │ store does     │ │  └─ loaded, longer than known ─▶ Comparing ─ same ──┘    └── heads, ──────┘ │
 *    └─ not answer ───┘ │                                      │    root              freshness      │
 *                       └─ wrong ──▶ Distrusted ◀── other root ┘                                     │
 *                                      │    ▲                                                        │
 *                 ask, a while later   │    └───────────────────── wrong ─────────────────────────────┘
 *                                      └──▶ Loading
 * </pre>
 *
 * From {@code Serving} it goes to {@code Distrusted} too, when the store says at a commit that what it has of the space is damaged.
 *
 * <p>Only in {@code Serving} are files judged and commits under way; a conflict or a commit with unknown
 * outcome leaves it for {@code Loading}, and nothing is signed before it is reached again. {@code
 * Asking} is entered only when nothing is under way, so that an answer fits the state it was asked
 * about.
 */
sealed interface Phase {
  record Unloaded() implements Phase {}

  record Loading(long sentAt) implements Phase {}

  /**
   * The store's log is longer than the one known before; does it begin with it?
   *
   * @param loadSentAt the engine's step at which the log was asked for
   * @param sentAt and the one at which this question was
   */
  record Comparing(SpaceState loaded, Inquiry inquiry, long loadSentAt, long sentAt)
      implements Phase {}

  record Serving(SpaceState state) implements Phase {}

  record Asking(SpaceState state, Inquiry inquiry, long sentAt) implements Phase {}

  record Distrusted(long untilMillis) implements Phase {}
}
