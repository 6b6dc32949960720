package dev.sealift.protocol.mesh;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers that are awaited, by the id of whoever owes them, so that those of a process that has left the mesh are given up at once
 * instead of at their time limit. Holds as many as there are questions under way. For one thread.
 */
public final class Awaited {
  private final Map<String, Set<Runnable>> byPeer = new HashMap<>();

  /**
   * Expects an answer.
   *
   * @param giveUp runs at most once, when the peer turns out to have left
   * @return to be run when the answer is here, or its time limit over
   */
  public Runnable from(String peer, Runnable giveUp) {
    byPeer.computeIfAbsent(peer, any -> new LinkedHashSet<>(2)).add(giveUp);
    return () -> forget(peer, giveUp);
  }

  private void forget(String peer, Runnable giveUp) {
    byPeer.computeIfPresent(peer, (any, owed) -> {
      owed.remove(giveUp);
      return owed.isEmpty() ? null : owed;
    });
  }

  /** Gives up what is awaited of anyone but these. */
  public void keepOnly(Collection<String> present) {
    for (String peer : List.copyOf(byPeer.keySet())) {
      if (!present.contains(peer)) {
        Set<Runnable> owed = byPeer.remove(peer);
        if (owed != null) {
          owed.forEach(Runnable::run);
        }
      }
    }
  }
}
