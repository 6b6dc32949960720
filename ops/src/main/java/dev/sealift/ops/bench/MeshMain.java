package dev.sealift.ops.bench;

import ch.qos.logback.classic.Level;
import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.ops.logging.Logging;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.mesh.Role;
import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.storage.postgres.PostgresUrl;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A process of a mesh on a free port, as {@code up} runs it. Arguments: the data folder, the store's URL or {@value #EMBEDDED}, and for one
 * of several processes its role, the port where it meets the others, and where they are already; or, for a whole mesh, {@value #COMPACTIONS}. Says where its gateway is, or that it is up;
 * then answers.
 */
final class MeshMain {
  static final String EMBEDDED = "embedded";
  static final String UP = "up";

  /** Takes compactions as {@code up} does; and offers none to anybody, for whoever measures says when one is made. */
  static final String COMPACTIONS = "compactions";

  private static final Duration NEVER_TOO_LONG = Duration.ofDays(1);
  private static final int ALONE = 3;
  private static final String LOOPBACK = "127.0.0.1";

  private MeshMain() {}

  public static void main(String[] arguments) throws Exception {
    boolean alone = arguments.length <= ALONE;
    Logging.start(alone ? Level.WARN : Level.ERROR, false); // that the other members end is no news
    try (MeshProcess mesh = MeshProcess.start(options(arguments), "bench")) {
      System.out.println(mesh.url().map(URI::toString).orElse(UP));
      Answering.untilNobodyAsks();
    }
  }

  private static MeshOptions options(String[] arguments) {
    Path data = Path.of(arguments[0]);
    MeshOptions options = arguments.length <= ALONE
        ? whole(data, arguments.length == ALONE)
        : member(data, arguments[2], Integer.parseInt(arguments[3]), arguments[4]);
    return arguments[1].equals(EMBEDDED)
        ? options
        : options.withStore(new StoreLocation.Postgres(
            PostgresUrl.parse(arguments[1], Optional.empty(), Optional.empty())));
  }

  private static MeshOptions whole(Path data, boolean compactions) {
    CompactorPolicy usual = CompactorPolicy.usual();
    CompactorPolicy policy = new CompactorPolicy(
        compactions,
        NEVER_TOO_LONG,
        usual.mostLive(),
        usual.lowerShare(),
        usual.seenWithin(),
        usual.grace());
    return MeshOptions.whole(data, 0).withCompaction(policy);
  }

  private static MeshOptions member(Path data, String role, int port, String others) {
    List<String> join =
        Arrays.stream(others.split(",")).filter(o -> !o.isEmpty()).toList();
    Set<Role> roles = Arrays.stream(Role.values())
        .filter(known -> known.text().equals(role))
        .collect(Collectors.toUnmodifiableSet());
    return MeshOptions.member(
        roles,
        data,
        new ClusterOptions(join, LOOPBACK, Optional.of(port), 0, Optional.empty(), false));
  }
}
