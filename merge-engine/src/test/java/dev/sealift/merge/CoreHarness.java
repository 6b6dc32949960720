package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import dev.sealift.protocol.proto.Restoration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One engine core, a store that answers when told to, and everything that the engine said. */
final class CoreHarness {
  static final SigningKey NOTARY = SigningKey.fromSeed(Hash.of(new byte[] {7}).toByteArray());

  /** What happens to the next thing asked of the store. */
  enum Fate {
    ANSWERED,
    REQUEST_LOST,
    REPLY_LOST
  }

  final FakeStore store;
  final Engine engine;
  final Deque<Effect> asked = new ArrayDeque<>();
  final Map<Long, AdmitReply> admitReplies = new HashMap<>();
  final Map<Long, AuthorizeReply> authorizeReplies = new HashMap<>();
  final Map<Long, MeshFailure> failures = new HashMap<>();
  final List<SpaceAdvanced> published = new ArrayList<>();
  final List<StoreFault> alarms = new ArrayList<>();
  long nowMillis = Author.START_MILLIS;
  private long jumpedMillis;
  private long lastId;
  private int loads;
  private int lookUps;

  CoreHarness() {
    this(new FakeStore(), EngineLimits.DEFAULT);
  }

  CoreHarness(FakeStore store, EngineLimits limits) {
    this(store, limits, SpacePolicy.unbounded());
  }

  CoreHarness(FakeStore store, EngineLimits limits, SpacePolicy policy) {
    this.store = store;
    this.engine = new Engine(NOTARY, limits, policy, this::take);
  }

  private void take(Effect effect) {
    if (effect instanceof Effect.ReplyAdmit reply) {
      assertThat(admitReplies.put(reply.ask(), reply.reply())).isNull();
    } else if (effect instanceof Effect.ReplyAuthorize reply) {
      assertThat(authorizeReplies.put(reply.ask(), reply.reply())).isNull();
    } else if (effect instanceof Effect.Fail fail) {
      assertThat(failures.put(fail.ask(), fail.failure())).isNull();
    } else if (effect instanceof Effect.Publish publish) {
      published.add(publish.advanced());
    } else if (effect instanceof Effect.Alarm alarm) {
      alarms.add(alarm.fault());
    } else if (effect instanceof Effect.Bug bug) {
      throw new AssertionError(bug.cause());
    } else {
      asked.add(effect);
    }
  }

  /** Sets the clock ahead: no time goes by. */
  void jump(long millis) {
    nowMillis += millis;
    jumpedMillis += millis;
  }

  private long now() {
    engine.elapsed(nowMillis - jumpedMillis);
    return nowMillis;
  }

  int loads() {
    return loads;
  }

  int lookUps() {
    return lookUps;
  }

  // Asking

  /** The admission token that devices present with what they send from now on. */
  ByteString token = ByteString.EMPTY;

  long send(SpaceId space, DeviceId device, List<AdmitFile> files) {
    long id = ++lastId;
    engine.admit(
        id,
        AdmitRequest.newBuilder()
            .setSpace(space.byteString())
            .setDevice(device.byteString())
            .addAllFiles(files)
            .setAdmissionToken(token)
            .build(),
        now());
    return id;
  }

  /** Brings files back. */
  AdmitReply restore(
      SpaceId space, Author device, List<AdmitFile> files, Restoration.Builder restoration) {
    long id = sendRestore(space, device, files, restoration);
    settle();
    return reply(id);
  }

  long sendRestore(
      SpaceId space, Author device, List<AdmitFile> files, Restoration.Builder restoration) {
    long id = ++lastId;
    engine.admit(
        id,
        AdmitRequest.newBuilder()
            .setSpace(space.byteString())
            .setDevice(device.id().byteString())
            .addAllFiles(files)
            .setRestoration(restoration)
            .build(),
        now());
    return id;
  }

  long send(SpaceId space, Author author, Upload... uploads) {
    return send(
        space, author.id(), List.of(uploads).stream().map(Upload::admitFile).toList());
  }

  long sendAuthorize(SpaceId space, Author author, @Nullable Author invitation) {
    long id = ++lastId;
    engine.authorize(
        id,
        AuthorizeRequest.newBuilder()
            .setSpace(space.byteString())
            .setDevice(author.id().byteString())
            .setInvitation(
                invitation == null
                    ? ByteString.EMPTY
                    : invitation.key().verifyingKey().byteString())
            .build(),
        now());
    return id;
  }

  /** Sends, and lets the store answer until nothing is left to do. */
  AdmitReply admit(SpaceId space, Author author, Upload... uploads) {
    long id = send(space, author, uploads);
    settle();
    return reply(id);
  }

  AdmitReply admit(AdmitRequest request) {
    long id = ++lastId;
    engine.admit(id, request, now());
    settle();
    return reply(id);
  }

  AuthorizeReply authorize(SpaceId space, Author author, @Nullable Author invitation) {
    long id = sendAuthorize(space, author, invitation);
    settle();
    AuthorizeReply reply = authorizeReplies.get(id);
    assertThat(reply).as("failure: %s", failures.get(id)).isNotNull();
    return reply;
  }

  AdmitReply reply(long id) {
    AdmitReply reply = admitReplies.get(id);
    assertThat(reply).as("failure: %s", failures.get(id)).isNotNull();
    return reply;
  }

  boolean isAnswered(long id) {
    return admitReplies.containsKey(id)
        || authorizeReplies.containsKey(id)
        || failures.containsKey(id);
  }

  // The store's turn

  void settle() {
    while (step(Fate.ANSWERED)) {
      // until nothing is left to do
    }
  }

  /** Lets the store, or else the engine, take one step; false when there is nothing to do. */
  boolean step(Fate fate) {
    Effect next = asked.poll();
    if (next != null) {
      answer(next, fate);
      return true;
    }
    if (engine.hasWork()) {
      engine.resume(now());
      return true;
    }
    return false;
  }

  private void answer(Effect effect, Fate fate) {
    if (effect instanceof Effect.Load load) {
      loads++;
      if (fate == Fate.ANSWERED) {
        engine.loaded(load.space(), store.load(load.space().byteString()), now());
      } else {
        engine.loadFailed(load.space(), now());
      }
    } else if (effect instanceof Effect.LookUp lookUp) {
      lookUps++;
      if (fate == Fate.ANSWERED) {
        engine.lookedUp(lookUp.space(), store.lookUp(lookUp.request()), now());
      } else {
        engine.lookUpFailed(lookUp.space(), now());
      }
    } else if (effect instanceof Effect.Commit commit) {
      answer(commit, fate);
    }
  }

  private void answer(Effect.Commit commit, Fate fate) {
    switch (fate) {
      case ANSWERED -> engine.committed(store.commit(commit.request()), now());
      case REPLY_LOST -> {
        store.commit(commit.request());
        engine.commitFailed(now());
      }
      case REQUEST_LOST -> engine.commitFailed(now());
    }
  }
}
