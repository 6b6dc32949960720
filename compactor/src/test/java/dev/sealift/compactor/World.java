package dev.sealift.compactor;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Function;

/** A store, gateways and devices around one scheduler, in simulated time. */
final class World {
  static final long WALL = 1_700_000_000_000L;

  /** What a device does with an offer. */
  enum Manner {
    /** Makes a compaction that stands. */
    WORKS,
    /** Makes one that waits for others to attest it. */
    WAITS,
    /** Takes offers, and does nothing. */
    IDLE,
    /** Was there a moment ago. */
    GONE
  }

  /** One space's log. */
  static final class Log {
    long size;
    long base;
    long openParts;
    final List<EffectiveCompaction> standing = new ArrayList<>();
    final Map<DeviceId, Manner> devices = new LinkedHashMap<>();
    final Map<DeviceId, Boolean> spared = new LinkedHashMap<>();
    final List<DeviceId> offered = new ArrayList<>();
    final List<DeviceId> compacted = new ArrayList<>();
    final List<Long> everStood = new ArrayList<>();

    /** Of its last file. */
    long serverTime;

    /** By server time, of files whose payload is there. */
    final PriorityQueue<Long> expiries = new PriorityQueue<>();

    boolean hasExpired() {
      return !expiries.isEmpty() && expiries.element() <= serverTime;
    }

    long nextExpiry() {
      return expiries.isEmpty() ? 0 : expiries.element();
    }
  }

  final TreeMap<SpaceId, Log> logs = new TreeMap<>();
  final Tally tally = new Tally();
  final List<Effect> done = new ArrayList<>();
  final Scheduler scheduler;
  PresenceReply measured = PresenceReply.getDefaultInstance();
  Function<ReclaimRequest, ReclaimReply> reclaims = request -> ReclaimReply.getDefaultInstance();
  boolean storeAnswers = true;
  boolean isRecovering;
  long now = 1_000_000;
  private final Deque<Effect> asked = new ArrayDeque<>();

  World() {
    this(CompactorPolicy.usual());
  }

  World(CompactorPolicy policy) {
    scheduler = new Scheduler(policy, tally, asked::add);
  }

  Moment moment() {
    return new Moment(now, WALL + now);
  }

  Log log(int space) {
    return logs.computeIfAbsent(Ids.space(space), any -> new Log());
  }

  /** A device that is connected. */
  DeviceId device(int space, int number, Manner manner) {
    DeviceId device = Ids.device(number);
    log(space).devices.put(device, manner);
    return device;
  }

  /** Files are written, and the engine says so. */
  void write(int space, long files) {
    Log log = log(space);
    log.size += files;
    log.serverTime = moment().serverMillis();
    scheduler.advanced(Ids.space(space), log.size, log.serverTime, moment());
    answerAll();
  }

  /** Files are written that expire so long after. */
  void writeExpiring(int space, int files, long afterMillis) {
    for (int i = 0; i < files; i++) {
      log(space).expiries.add(moment().serverMillis() + afterMillis);
    }
    write(space, files);
  }

  /** Time goes by, a tick at a time. */
  void pass(long millis) {
    for (long end = now + millis; now < end; now += CompactorLimits.TICK_MILLIS) {
      scheduler.tick(moment());
      answerAll();
    }
  }

  void answerAll() {
    while (!asked.isEmpty()) {
      Effect effect = asked.remove();
      done.add(effect);
      answer(effect);
    }
  }

  private void answer(Effect effect) {
    if (effect instanceof Effect.AskStanding ask) {
      if (storeAnswers) {
        scheduler.told(ask.space(), standing(logs.get(ask.space())), moment());
      } else {
        scheduler.notTold(ask.space(), moment());
      }
    } else if (effect instanceof Effect.AskSpaces ask) {
      scheduler.page(page(ask));
    } else if (effect instanceof Effect.AskPresence ask) {
      scheduler.present(ask.space(), present(logs.get(ask.space())), measured);
    } else if (effect instanceof Effect.MakeOffer offer) {
      offered(offer, logs.get(offer.space()));
    } else if (effect instanceof Effect.Reclaim reclaim) {
      scheduler.reclaimed(reclaim.space(), reclaims.apply(reclaim.request()), moment());
    } else if (effect instanceof Effect.Expire expire) {
      if (storeAnswers) {
        scheduler.expired(expire.space(), expire(expire), moment());
      } else {
        scheduler.notExpired(expire.space(), moment());
      }
    }
  }

  private static CompactionsReply standing(Log log) {
    long parts = log.openParts
        + log.standing.stream().mapToLong(one -> one.getPartsCount()).sum();
    long behind = log.size - log.base - parts;
    return CompactionsReply.newBuilder()
        .addAllCompactions(log.standing)
        .addLive(LiveFiles.newBuilder().setGeneration(0).setFiles(behind))
        .addLive(LiveFiles.newBuilder().setGeneration(1).setFiles(parts))
        .setExpiresAtMillis(log.nextExpiry())
        .setServerTimeMillis(log.serverTime)
        .build();
  }

  private ExpireReply expire(Effect.Expire expire) {
    Log log = logs.get(expire.space());
    ExpireReply.Builder reply = ExpireReply.newBuilder().setRecovering(isRecovering);
    while (!isRecovering
        && log.hasExpired()
        && reply.getFiles() < expire.request().getMaxFiles()) {
      log.expiries.remove();
      reply.setFiles(reply.getFiles() + 1).setBytes(reply.getBytes() + 100);
    }
    return reply
        .setMore(!isRecovering && log.hasExpired())
        .setExpiresAtMillis(log.nextExpiry())
        .build();
  }

  private SpacesReply page(Effect.AskSpaces ask) {
    SpacesReply.Builder page = SpacesReply.newBuilder();
    Map<SpaceId, Log> rest = ask.after().isEmpty() ? logs : logs.tailMap(id(ask.after()), false);
    rest.entrySet().stream()
        .limit(ask.limit())
        .forEach(one -> page.addSpaces(SpaceSize.newBuilder()
            .setSpace(one.getKey().byteString())
            .setSize(one.getValue().size)
            .setExpired(one.getValue().hasExpired())));
    return page.build();
  }

  private static SpaceId id(ByteString bytes) {
    try {
      return SpaceId.parse(bytes);
    } catch (dev.sealift.protocol.FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Present> present(Log log) {
    return log.devices.keySet().stream()
        .map(device -> new Present(device, "g", log.spared.getOrDefault(device, false)))
        .toList();
  }

  private void offered(Effect.MakeOffer offer, Log log) {
    log.offered.add(offer.device());
    Manner manner = log.devices.get(offer.device());
    scheduler.offered(offer, manner != Manner.GONE, moment());
    if (manner == Manner.WORKS) {
      compact(log, offer.device());
    } else if (manner == Manner.WAITS) {
      log.openParts++;
      log.size++;
    }
  }

  /** A compaction of everything, in one part, that stands at once. */
  void compact(Log log, DeviceId by) {
    log.compacted.add(by);
    log.base = log.size;
    log.size++;
    log.openParts = 0;
    log.everStood.add(log.size);
    log.standing.clear();
    log.standing.add(EffectiveCompaction.newBuilder()
        .setFirst(1)
        .setBase(log.base)
        .setGeneration(1)
        .addParts(log.size)
        .setStoodAtMillis(WALL + now)
        .build());
  }

  <T extends Effect> List<T> done(Class<T> type) {
    return done.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
