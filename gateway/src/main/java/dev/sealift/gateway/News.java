package dev.sealift.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.gateway.session.SpaceHead;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.NewsCount;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.proto.EngineTime;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.util.Optional;

/**
 * Takes what engines publish to those who follow, and has the engines asked when something was missed. What cannot be read is passed
 * over: the next count tells. On the verticle's event loop only.
 */
final class News {
  private final Followers followers;
  private final Refresher refresher;
  private final NewsCount count = new NewsCount();

  News(Followers followers, Refresher refresher) {
    this.followers = followers;
    this.refresher = refresher;
  }

  /** Completes when it hears what every engine publishes. */
  Future<Void> listen(EventBus bus) {
    return Future.all(
            bus.<Buffer>consumer(Addresses.SPACE_ADVANCED, this::onSpaceAdvanced)
                .completion(),
            bus.<Buffer>consumer(Addresses.ENGINE_TIME, this::onEngineTime).completion())
        .mapEmpty();
  }

  /** Looks who is there. */
  void look(Roster roster) {
    refreshIf(count.present(roster.engines()));
  }

  private void onSpaceAdvanced(Message<Buffer> message) {
    try {
      SpaceAdvanced event = SpaceAdvanced.parseFrom(message.body().getBytes());
      SpaceId space = SpaceId.parse(event.getSpace());
      if (followers.isFollowed(space)) {
        SpaceHead head = SpaceHead.parse(event.getSignedHead(), event.getLossMillis(), space);
        followers.tell(space, head, Optional.empty());
      }
      refreshIf(count.came(event.getEngine(), event.getNumber()));
    } catch (InvalidProtocolBufferException | FormatException e) {
      return;
    }
  }

  private void onEngineTime(Message<Buffer> message) {
    try {
      EngineTime time = EngineTime.parseFrom(message.body().getBytes());
      refreshIf(count.published(time.getEngine(), time.getAdvances()));
    } catch (InvalidProtocolBufferException e) {
      return;
    }
  }

  private void refreshIf(boolean missed) {
    if (missed) {
      refresher.refresh(followers.spaces());
    }
  }
}
