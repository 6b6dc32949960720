package dev.sealift.merge;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A {@link FakeStore} on the event bus, which can be told to hold back or lose its answers to commits. */
final class StoreConsumer {
  static final String ID = "store";

  private final String id;
  private final FakeStore store;
  private final Vertx vertx;
  private final List<MessageConsumer<Buffer>> consumers = new ArrayList<>();
  private final List<Runnable> held = new ArrayList<>();
  private boolean holding;
  private int repliesToLose;
  private int failures;

  StoreConsumer(Vertx vertx, FakeStore store) {
    this(vertx, store, ID);
  }

  StoreConsumer(Vertx vertx, FakeStore store, String id) {
    this.id = id;
    this.vertx = vertx;
    this.store = store;
  }

  Future<?> open() {
    serve(Addresses.LOAD_SPACE, LoadSpaceRequest.parser(), r -> store.load(r.getSpace()));
    serve(Addresses.LOOK_UP, LookUpRequest.parser(), store::lookUp);
    return openForCommits();
  }

  /** As one more storage-adapter of the same store. */
  Future<?> openForCommits() {
    consumers.add(vertx.eventBus().consumer(Addresses.commit(id), this::commit));
    return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
  }

  Future<?> close() {
    return Future.all(consumers.stream().map(MessageConsumer::unregister).toList());
  }

  private <Q, R extends MessageLite> void serve(
      String address, Parser<Q> parser, Function<Q, R> work) {
    consumers.add(vertx
        .eventBus()
        .<Buffer>consumer(
            address, message -> message.reply(buffer(work.apply(parse(parser, message))))));
  }

  /** Commits that come from now on wait for {@link #release}. */
  synchronized void hold() {
    holding = true;
  }

  synchronized boolean isHolding() {
    return !held.isEmpty();
  }

  synchronized void release() {
    holding = false;
    held.forEach(Runnable::run);
    held.clear();
  }

  /** So many of the next commits come true and are not answered. */
  synchronized void loseReplies(int count) {
    repliesToLose = count;
  }

  synchronized void failCommits(int count) {
    failures = count;
  }

  private synchronized void commit(Message<Buffer> message) {
    if (holding) {
      held.add(() -> answer(message));
    } else {
      answer(message);
    }
  }

  private synchronized void answer(Message<Buffer> message) {
    if (failures > 0) {
      failures--;
      message.fail(MeshFailure.UNAVAILABLE.code(), MeshFailure.UNAVAILABLE.name());
      return;
    }
    MessageLite reply = store.commit(parse(CommitRequest.parser(), message));
    if (repliesToLose > 0) {
      repliesToLose--;
    } else {
      message.reply(buffer(reply));
    }
  }

  private static <T> T parse(Parser<T> parser, Message<Buffer> message) {
    try {
      return parser.parseFrom(message.body().getBytes());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static Buffer buffer(MessageLite message) {
    return Buffer.buffer(message.toByteArray());
  }
}
