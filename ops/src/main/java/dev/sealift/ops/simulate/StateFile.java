package dev.sealift.ops.simulate;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** How far many runs have got, for the next time: the JSON of a {@link Tally}. */
public final class StateFile {
  private final Path path;

  public StateFile(Path path) {
    this.path = path;
  }

  /**
   * What was noted; empty when there is no such file yet.
   *
   * @throws IOException when it cannot be read, or is no such file
   */
  public Optional<Tally> read() throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    String text = Files.readString(path);
    try {
      return Optional.of(Tally.of(new JsonObject(text)));
    } catch (RuntimeException e) {
      throw new IOException("it is not what a simulation notes", e);
    }
  }

  /** Exchanges it for another, whole. */
  public void write(Tally tally) throws IOException {
    Path next = path.resolveSibling(path.getFileName() + ".part");
    Files.writeString(next, tally.json().encode() + "\n");
    Files.move(next, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
