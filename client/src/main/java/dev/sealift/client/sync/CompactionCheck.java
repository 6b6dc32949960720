package dev.sealift.client.sync;

import dev.sealift.client.store.Difference;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.LogEdges;
import dev.sealift.client.store.Opener;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.membership.Membership;
import java.util.Optional;

/** Whether a compaction whose parts the log has brought is what the log makes. Used with the replica's monitor. */
final class CompactionCheck {
  /** What comes of it. */
  enum Kind {
    /** It is what the log makes. */
    SAME,
    /** It is something else. */
    DIFFERENT,
    /** It is of another log, or says that it stands before its own base: nobody goes by it. */
    VOID,
    /** This device lacks what it would take to tell. */
    UNTOLD,
    /** It is of a newer version than this one can read. */
    NEWER
  }

  /** @param found what differs first */
  record Outcome(Kind kind, Optional<Difference> found) {}

  private final SpaceStore store;
  private final ContentKeys keys;

  CompactionCheck(SpaceStore store, ContentKeys keys) {
    this.store = store;
    this.keys = keys;
  }

  /** @param of a complete one */
  Outcome outcome(HeldCompaction of, Membership membership, Opener opener, LogEdges edges) {
    if (isVoid(of)) {
      return new Outcome(Kind.VOID, Optional.empty());
    }
    if (!store.canCompare(of.range())) {
      return new Outcome(Kind.UNTOLD, Optional.empty());
    }
    try {
      Optional<Difference> found = store.compare(
          of.range(), membership::everHad, opener, edges, new HeldParts(store, keys, of));
      return new Outcome(found.isPresent() ? Kind.DIFFERENT : Kind.SAME, found);
    } catch (KeyMissingException e) {
      return new Outcome(Kind.UNTOLD, Optional.empty());
    } catch (HeldParts.NewerException e) {
      return new Outcome(Kind.NEWER, Optional.empty());
    }
  }

  private boolean isVoid(HeldCompaction of) {
    return of.range().base() >= of.firstPart()
        || !store.rootAt(of.range().base()).equals(Optional.of(of.begun().root()));
  }
}
