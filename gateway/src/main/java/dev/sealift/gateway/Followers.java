package dev.sealift.gateway;

import dev.sealift.gateway.session.FreshFiles;
import dev.sealift.gateway.session.SpaceHead;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which connections want to hear of a space's new heads. Spaces without a connection cost a look-up and nothing else. */
final class Followers {
  private final Map<SpaceId, Set<Connection>> bySpace = new HashMap<>();

  void add(SpaceId space, Connection connection) {
    bySpace.computeIfAbsent(space, any -> new HashSet<>(2)).add(connection);
  }

  void remove(SpaceId space, Connection connection) {
    bySpace.computeIfPresent(space, (any, connections) -> {
      connections.remove(connection);
      return connections.isEmpty() ? null : connections;
    });
  }

  /**
   * Tells everyone who follows the space.
   *
   * @param fresh the files up to the head, if they are at hand
   */
  void tell(SpaceId space, SpaceHead head, Optional<FreshFiles> fresh) {
    Set<Connection> connections = bySpace.get(space);
    if (connections != null) {
      List.copyOf(connections).forEach(connection -> connection.advanced(head, fresh));
    }
  }

  boolean isFollowed(SpaceId space) {
    return bySpace.containsKey(space);
  }

  /** Everyone who follows the space, as of now. */
  List<Connection> of(SpaceId space) {
    return List.copyOf(bySpace.getOrDefault(space, Set.of()));
  }

  /** All that are followed, as of now. */
  List<SpaceId> spaces() {
    return List.copyOf(bySpace.keySet());
  }

  /** What to ask an engine to learn where the space stands, in the name of someone who follows it. */
  Optional<AuthorizeRequest> anyRequest(SpaceId space) {
    return bySpace.getOrDefault(space, Set.of()).stream()
        .map(Connection::authorizeRequest)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Everyone who follows the space asks for itself, soon. */
  void recheck(SpaceId space) {
    bySpace.getOrDefault(space, Set.of()).forEach(Connection::recheckSoon);
  }
}
