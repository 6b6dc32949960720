package dev.sealift.ops.simulate;

import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What lies between devices and their mesh. A connection keeps its messages in order, as TCP does; several do not wait for one another. It can break,
 * seen by both ends or by neither, and it may not come about at all.
 */
final class Network {
  private final Scheduler scheduler;
  private final Dice dice;
  private final Trace trace;
  private final Mesh mesh;
  private final Receipts receipts = new Receipts();
  private final List<Link> links = new ArrayList<>();
  private final List<Device> apart = new ArrayList<>();
  private Between between = Between.HONEST;
  private boolean isWatched = true;
  private long mostDelayMillis;
  private double lossChance;
  private long troubles;

  Network(Scheduler scheduler, Dice dice, Trace trace, Mesh mesh) {
    this.scheduler = scheduler;
    this.dice = dice;
    this.trace = trace;
    this.mesh = mesh;
  }

  /** What devices were told. */
  Receipts receipts() {
    return receipts;
  }

  /** What devices are told instead of what the mesh says. */
  void lie(UnaryOperator<byte[]> instead) {
    between = new Between() {
      @Override
      public List<byte[]> toDevice(Way way, byte[] message) {
        return List.of(instead.apply(message));
      }
    };
  }

  /** Somebody stands on the way from now on; what devices are told is not what the mesh has said, and not looked at. */
  void stand(Between there) {
    between = there;
    isWatched = false;
  }

  /** How long messages take at the most; with 0 they are there at once. */
  void mostDelayMillis(long millis) {
    mostDelayMillis = millis;
  }

  /** How likely a message is to be the last one of its connection, which nobody notices. */
  void lossChance(double chance) {
    lossChance = chance;
  }

  /** Connections that broke or fell silent, and partitions. */
  long troubles() {
    return troubles;
  }

  /** From now on these devices do not reach the mesh, nor it them; what is connected falls silent. */
  void part(List<Device> devices) {
    apart.clear();
    apart.addAll(devices);
    if (!devices.isEmpty()) {
      troubles++;
      trace.say("net", "parts the mesh from " + devices);
      links.stream().filter(link -> apart.contains(link.device())).forEach(Link::silence);
    }
  }

  /** Everything works from now on. */
  void heal() {
    apart.clear();
    lossChance = 0;
  }

  /** Breaks a device's connection, if it has one. */
  void cut(Device device) {
    List.copyOf(links).stream().filter(link -> link.device() == device).forEach(link -> {
      troubles++;
      trace.say("net", "cuts " + device);
      link.breakBoth();
    });
  }

  /** The mesh's process is gone, and its sockets with it. */
  void meshGone() {
    List.copyOf(links).forEach(Link::breakBoth);
  }

  long delay() {
    return mostDelayMillis == 0 ? 0 : dice.between(0, mostDelayMillis);
  }

  /** A connection that is being made; null when there is no way. */
  @Nullable
  Link connect(Device device) {
    if (apart.contains(device) || !mesh.isUp()) {
      return null;
    }
    Link link = new Link(device);
    links.add(link);
    return link;
  }

  /** One connection. */
  final class Link implements Way {
    private final Device device;
    private final MeshSession session;
    private final Receipts.Wire wire = receipts.new Wire();
    private long upMillis;
    private long downMillis;
    private boolean silent;
    private boolean deviceOpen = true;
    private boolean meshOpen = true;

    Link(Device device) {
      this.device = device;
      this.session = mesh.accept(this);
    }

    Device device() {
      return device;
    }

    @Override
    public DeviceId of() {
      return device.id();
    }

    boolean isOpen() {
      return deviceOpen;
    }

    /** Nothing passes any more, and neither end hears that. */
    void silence() {
      silent = true;
    }

    private boolean isLost() {
      if (!silent && lossChance > 0 && dice.chance(lossChance)) {
        troubles++;
        trace.say("net", "loses what " + device + " and the mesh say from here on");
        silent = true;
      }
      return silent;
    }

    void toMesh(byte[] message) {
      for (byte[] told : between.toMesh(this, message)) {
        up(() -> {
          if (isWatched) {
            wire.toMesh(told);
          }
          session.received(told);
        });
      }
    }

    void pingMesh() {
      up(session::pinged);
    }

    void toDevice(byte[] message) {
      between.toDevice(this, message).forEach(this::bring);
    }

    @Override
    public void bring(byte[] message) {
      down(() -> {
        if (isWatched) {
          wire.toDevice(message);
        }
        device.received(this, message);
      });
    }

    @Override
    public void say(byte[] message) {
      up(() -> session.received(message));
    }

    void pongDevice() {
      down(() -> device.heard(this));
    }

    /** A socket answers by itself. */
    void pingDevice() {
      down(() -> {
        device.heard(this);
        up(session::ponged);
      });
    }

    private void up(Runnable arrives) {
      if (isLost()) {
        return;
      }
      upMillis = Math.max(upMillis, scheduler.nowMillis() + delay());
      scheduler.after(upMillis - scheduler.nowMillis(), () -> {
        if (meshOpen && !silent) {
          arrives.run();
        }
      });
    }

    private void down(Runnable arrives) {
      if (isLost()) {
        return;
      }
      downMillis = Math.max(downMillis, scheduler.nowMillis() + delay());
      scheduler.after(downMillis - scheduler.nowMillis(), () -> {
        if (deviceOpen && !silent) {
          arrives.run();
        }
      });
    }

    /** The device closes it. */
    void closeByDevice() {
      up(this::meshEnd);
      deviceOpen = false;
      links.remove(this);
    }

    /** The mesh closes it, behind what it has sent. */
    void closeByMesh() {
      meshOpen = false;
      down(this::deviceEnd);
    }

    private void breakBoth() {
      meshEnd();
      deviceEnd();
    }

    private void meshEnd() {
      if (meshOpen) {
        meshOpen = false;
        session.closed();
      }
    }

    private void deviceEnd() {
      links.remove(this);
      if (deviceOpen) {
        deviceOpen = false;
        device.disconnected(this);
      }
    }
  }
}
