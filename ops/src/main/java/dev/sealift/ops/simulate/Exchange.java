package dev.sealift.ops.simulate;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.MemberChange;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.sync.Replica;
import dev.sealift.client.sync.SyncCore;
import dev.sealift.client.sync.SyncReport;
import dev.sealift.client.sync.TransportException;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Role;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A device's exchange with the mesh from connecting to disconnecting, over any number of connections: the real core on the simulated network and time. */
final class Exchange {
  /** What a device may meet where mesh and network are honest and at times away. */
  private static final Set<ErrorCode> EXPECTED =
      EnumSet.of(ErrorCode.MESH_UNREACHABLE, ErrorCode.MESH_BUSY);

  private final Device device;
  private final Scheduler scheduler;
  private final Network network;
  private final Trace trace;
  private final SyncCore core;
  private Network.@Nullable Link link;
  private long heardNanos;
  private long wakes;
  private boolean isBetween = true;
  private @Nullable SyncReport report;

  /** @param questions how often the device has asked how far the log is */
  Exchange(
      Device device,
      Scheduler scheduler,
      Network network,
      Dice dice,
      Trace trace,
      Replica replica,
      LongSupplier questions) {
    this.device = device;
    this.scheduler = scheduler;
    this.network = network;
    this.trace = trace;
    core = new SyncCore(replica, questions, this::reported, dice);
  }

  void begin() {
    core.connecting();
    tryConnecting();
  }

  /** People end it. */
  void end() {
    abandon(false);
    core.disconnected();
  }

  boolean isOn(Network.Link other) {
    return link == other;
  }

  /** What the exchange is of. */
  Replica replica() {
    return core.replica();
  }

  /** The other end gives a sign of life. */
  void heard() {
    heardNanos = scheduler.nowNanos();
  }

  Optional<SyncReport> report() {
    return Optional.ofNullable(report);
  }

  CompletableFuture<OpenedInvitation> invite(byte[] secret, long validMillis, int uses) {
    return core.invite(secret, false, Role.ROLE_WRITER, validMillis, uses);
  }

  CompletableFuture<Membership> change(MemberChange change) {
    return core.change(change);
  }

  private void reported(SyncReport now) {
    report = now;
    now.problem().ifPresent(problem -> {
      trace.say(device.toString(), "meets " + problem.code() + ": " + problem.getMessage());
      if (!device.isHeard(problem) && !isExpected(problem.code())) {
        throw new Fault("L11", device + " meets " + problem.code() + ": " + problem.getMessage());
      }
    });
  }

  /** Of what a restored mesh has lost of others, somebody may have to make it anew: a joining, where another has joined in its place. */
  private boolean isExpected(ErrorCode code) {
    return EXPECTED.contains(code)
        || code == ErrorCode.FILE_REFUSED && network.receipts().wasRestored()
        || code == ErrorCode.NOT_ALLOWED && device.mayOnlyRead();
  }

  private boolean isCurrent() {
    return device.isOn(this);
  }

  private void tryConnecting() {
    scheduler.after(2 * network.delay(), () -> {
      if (isCurrent()) {
        connectNow();
      }
    });
  }

  private void connectNow() {
    isBetween = false;
    Network.Link made = network.connect(device);
    if (made == null) {
      broken();
      return;
    }
    link = made;
    heardNanos = scheduler.nowNanos();
    core.begin(made::toMesh, scheduler.nowNanos());
    goOn();
  }

  void received(byte[] message) {
    heardNanos = scheduler.nowNanos();
    core.receive(message);
    goOn();
  }

  void news() {
    core.news();
    goOn();
  }

  void broken() {
    core.broken(
        new TransportException(TransportException.Kind.UNREACHABLE, "the connection broke", null));
    goOn();
  }

  void abandon(boolean silently) {
    Network.Link open = link;
    link = null;
    if (open != null && silently) {
      open.silence();
    } else if (open != null) {
      open.closeByDevice();
    }
  }

  /** After anything that happened: the next connection, or the next look at the clock. */
  private void goOn() {
    if (device.disk().isDead()) {
      device.crash();
    } else if (!isBetween && core.isOver()) {
      again();
    } else if (!isBetween) {
      wakeLater();
    }
  }

  private void again() {
    isBetween = true;
    abandon(false);
    long waitMillis;
    try {
      waitMillis = core.waitMillis();
    } catch (SealiftException e) {
      device.lockedOut(e);
      return;
    }
    scheduler.after(waitMillis, () -> {
      if (isCurrent()) {
        tryConnecting();
      }
    });
  }

  private void wakeLater() {
    wakes++;
    long wake = wakes;
    scheduler.after(core.untilMillis(scheduler.nowNanos()), () -> {
      if (isCurrent() && wake == wakes) {
        wake();
      }
    });
  }

  private void wake() {
    Network.Link open = link;
    if (core.wantsPing(scheduler.nowNanos(), heardNanos) && open != null) {
      open.pingMesh();
      core.pinged(scheduler.nowNanos());
    }
    core.tick(scheduler.nowNanos());
    goOn();
  }
}
