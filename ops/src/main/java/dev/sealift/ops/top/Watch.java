package dev.sealift.ops.top;

import java.net.URI;
import java.time.Instant;
import java.util.List;

/** The processes that a person watches. */
public final class Watch {
  private final List<Watched> processes;

  public Watch(List<URI> processes) {
    this.processes = processes.stream().map(Watched::new).toList();
  }

  /** Looks at all of them at once. Blocks for a bounded time. */
  public View look() {
    return new View(Instant.now(), processes.parallelStream().map(Watched::look).toList());
  }
}
