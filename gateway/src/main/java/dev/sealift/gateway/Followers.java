package dev.sealift.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.gateway.session.FreshFiles;
import dev.sealift.gateway.session.SpaceHead;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
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

  /** An event that cannot be read is passed over: the sessions' own rechecks make up for it. */
  void onSpaceAdvanced(Message<Buffer> message) {
    try {
      SpaceAdvanced event = SpaceAdvanced.parseFrom(message.body().getBytes());
      SpaceId space = SpaceId.parse(event.getSpace());
      if (bySpace.containsKey(space)) {
        tell(space, SpaceHead.parse(event.getSignedHead(), space), Optional.empty());
      }
    } catch (InvalidProtocolBufferException | FormatException e) {
      return;
    }
  }
}
