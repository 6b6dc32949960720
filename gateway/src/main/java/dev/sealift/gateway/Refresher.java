package dev.sealift.gateway;

import dev.sealift.gateway.session.SpaceHead;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Asks the engines where spaces stand, one question a space, few at a time, until each has an answer: news of them may have been
 * missed. Holds the ids of spaces that are followed here, and no more. On the verticle's event loop only.
 */
final class Refresher {
  /** Enough to keep an engine that is a millisecond away busy, and few beside what devices ask of it. */
  static final int MAX_UNDER_WAY = 16;

  /** Before asking on when there was no answer: an engine that went has its place taken within seconds. */
  static final long PAUSE_MILLIS = 500;

  private final Mesh mesh;
  private final Followers followers;
  private final GatewayMetrics metrics;
  private final LongConsumer goOnAfter;
  private final Set<SpaceId> waiting = new LinkedHashSet<>();
  private int underWay;
  private boolean pausing;

  /** @param goOnAfter calls {@link #goOn} after so many milliseconds */
  Refresher(Mesh mesh, Followers followers, GatewayMetrics metrics, LongConsumer goOnAfter) {
    this.mesh = mesh;
    this.followers = followers;
    this.metrics = metrics;
    this.goOnAfter = goOnAfter;
  }

  /** Spaces that wait for a question or its answer. */
  int waiting() {
    return waiting.size() + underWay;
  }

  void refresh(Collection<SpaceId> spaces) {
    if (!spaces.isEmpty()) {
      metrics.newsMissed();
      waiting.addAll(spaces);
      ask();
    }
  }

  void goOn() {
    pausing = false;
    ask();
  }

  private void ask() {
    while (underWay < MAX_UNDER_WAY && !pausing && !waiting.isEmpty()) {
      SpaceId space = waiting.iterator().next();
      waiting.remove(space);
      followers.anyRequest(space).ifPresent(request -> ask(space, request));
    }
  }

  private void ask(SpaceId space, AuthorizeRequest request) {
    underWay++;
    mesh.authorize(DeviceRequest.ofNobody(), space, request).onComplete((reply, failure) -> {
      underWay--;
      if (failure == null) {
        answered(space, reply);
      } else {
        waiting.add(space);
        pause();
      }
      ask();
    });
  }

  private void answered(SpaceId space, AuthorizeReply reply) {
    Optional<SpaceHead> head = mayRead(reply.getAuthorization())
        ? SpaceHead.find(reply.getSignedHead(), reply.getLossMillis(), space)
        : Optional.empty();
    head.ifPresentOrElse(
        found -> followers.tell(space, found, Optional.empty()),
        // Not for that device, or for none now: each session finds out for its own.
        () -> followers.recheck(space));
  }

  private static boolean mayRead(Authorization authorization) {
    return authorization == Authorization.AUTHORIZATION_MEMBER
        || authorization == Authorization.AUTHORIZATION_INVITED;
  }

  private void pause() {
    if (!pausing) {
      pausing = true;
      goOnAfter.accept(PAUSE_MILLIS);
    }
  }
}
