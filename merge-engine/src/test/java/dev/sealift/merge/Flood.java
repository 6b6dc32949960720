package dev.sealift.merge;

import dev.sealift.protocol.id.SpaceId;
import java.util.ArrayList;
import java.util.List;

/** A device that always has more to send: request after request, each again until it is taken. */
final class Flood {
  static final int FILES = 16;

  private final CoreHarness core;
  private final SpaceId space;
  private final Author author;
  private List<Upload> request = List.of();
  private int takenRequests;

  Flood(CoreHarness core, String name) {
    this.core = core;
    this.author = new Author(name);
    Upload genesis = author.genesis(CoreHarness.NOTARY.verifyingKey());
    this.space = genesis.header().space();
    World.receiptOf(core.admit(space, author, genesis));
  }

  SpaceId space() {
    return space;
  }

  Author author() {
    return author;
  }

  int takenRequests() {
    return takenRequests;
  }

  /** Sends until it is told that there is no room. */
  void sendAll() {
    while (sendOne()) {
      takenRequests++;
    }
  }

  /** Whether the request was taken. */
  boolean sendOne() {
    if (request.isEmpty()) {
      request = next();
    }
    long id = core.send(space, author, request.toArray(Upload[]::new));
    boolean taken = !core.failures.containsKey(id);
    if (taken) {
      request = List.of();
    }
    return taken;
  }

  private List<Upload> next() {
    List<Upload> uploads = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      uploads.add(author.next(space));
    }
    return uploads;
  }
}
