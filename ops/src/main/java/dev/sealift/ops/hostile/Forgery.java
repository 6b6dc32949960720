package dev.sealift.ops.hostile;

import dev.sealift.client.sync.Violation;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A file that no client makes, signed by a member with its own keys.
 *
 * @param name by which it is asked for
 * @param what it is, in a few words
 * @param by the role of the member
 * @param refused how the mesh refuses it
 * @param named how devices name it where a mesh admits it; empty where it harms nobody, and devices pass over it
 * @param made what comes before it, and itself
 */
record Forgery(
    String name,
    String what,
    Role by,
    RefusalCode refused,
    Optional<Violation> named,
    Consumer<Plot> made) {
  Plot plot(Stage stage) {
    Plot plot = new Plot(stage, by);
    made.accept(plot);
    return plot;
  }

  /** A mesh in league with the member admits it. */
  Lie admitted() {
    Expected expected = named
        .map(Expected::confirmed)
        .orElseGet(() -> new Expected.Survived("whoever reads the log need not look at it"));
    return Lie.of(
        name,
        Lie.By.MESH,
        "admits " + what,
        Scene.CONNECTED,
        expected,
        AdmittedLies.showing(stage -> plot(stage).log()));
  }

  @Override
  public String toString() {
    return name;
  }
}
