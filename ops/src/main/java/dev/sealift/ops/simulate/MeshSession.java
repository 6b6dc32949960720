package dev.sealift.ops.simulate;

import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.gateway.session.Effect;
import dev.sealift.gateway.session.FreshFiles;
import dev.sealift.gateway.session.GatewaySession;
import dev.sealift.gateway.session.MeshTrouble;
import dev.sealift.gateway.session.SpaceHead;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.proto.Offer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The mesh's end of a connection: binds a gateway's session to the simulated network, as the gateway binds it to a WebSocket. */
final class MeshSession {
  private final Mesh mesh;
  private final Network.Link link;
  private final GatewaySession session;
  private final Deque<byte[]> unread = new ArrayDeque<>();
  private boolean follows;
  private boolean paused;

  MeshSession(Mesh mesh, Network.Link link, GatewaySession session) {
    this.mesh = mesh;
    this.link = link;
    this.session = session;
  }

  boolean follows() {
    return follows;
  }

  Optional<DeviceId> device() {
    return session.device();
  }

  void received(byte[] message) {
    unread.add(message);
    read();
  }

  private void read() {
    while (!paused && !unread.isEmpty() && !session.isClosed()) {
      perform(session.receive(unread.remove(), mesh.nowMillis()));
    }
  }

  /** The device asks for a sign of life. */
  void pinged() {
    ponged();
    link.pongDevice();
  }

  /** The device gives one. */
  void ponged() {
    perform(session.receiveControl(mesh.nowMillis()));
  }

  void advanced(SpaceHead head, Optional<FreshFiles> fresh) {
    perform(session.advanced(head, fresh));
  }

  /** It is the device's turn to compact. Returns whether it can be told. */
  boolean offer(Offer offer) {
    boolean isThere = session.present().isPresent();
    perform(session.offer(offer));
    return isThere;
  }

  /** The device, where it can be asked for work. */
  Optional<PresentDevice> present() {
    return session.present();
  }

  void tick() {
    perform(session.tick(mesh.nowMillis()));
  }

  void supersede() {
    perform(session.superseded());
  }

  void closed() {
    session.closed();
    mesh.left(this);
  }

  // The mesh's answers

  void authorized(long ticket, AuthorizeReply reply) {
    long others = mesh.connectionsOfOthers(session.device());
    perform(session.authorized(ticket, reply, others, mesh.nowMillis()));
  }

  void admitted(long ticket, AdmitReply reply) {
    perform(session.admitted(ticket, reply));
  }

  void failed(long ticket, MeshTrouble trouble) {
    perform(session.failed(ticket, trouble));
  }

  void staged(long ticket, StageReply reply) {
    perform(session.staged(ticket, reply));
  }

  void read(long ticket, ReadReply reply) {
    perform(session.read(ticket, reply));
  }

  void outlined(long ticket, OutlineReply reply) {
    perform(session.outlined(ticket, reply));
  }

  void entriesRead(long ticket, EntriesReply reply) {
    perform(session.entriesRead(ticket, reply));
  }

  void positionsRead(long ticket, SignedPositionsReply reply) {
    perform(session.positionsRead(ticket, reply));
  }

  void stepsFound(long ticket, CompactionsReply reply) {
    perform(session.stepsFound(ticket, reply));
  }

  private void perform(List<Effect> effects) {
    effects.forEach(this::perform);
    if (!paused && !unread.isEmpty()) {
      read();
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Send send) {
      link.toDevice(Subprotocol.BINARY.codec().encode(send.frame()));
    } else if (effect instanceof Effect.Ask ask) {
      mesh.ask(this, ask);
    } else if (effect instanceof Effect.Follow) {
      follows = true;
    } else if (effect instanceof Effect.Entered entered) {
      mesh.entered(this, entered);
    } else if (effect instanceof Effect.Learned learned) {
      mesh.tell(learned.head(), learned.fresh());
    } else if (effect instanceof Effect.ReportPosition report) {
      mesh.note(report.position());
    } else if (effect instanceof Effect.Paced paced) {
      mesh.paced(paced.taken());
    } else if (effect instanceof Effect.Ping) {
      link.pingDevice();
    } else if (effect instanceof Effect.PauseReading) {
      paused = true;
    } else if (effect instanceof Effect.ResumeReading) {
      paused = false;
    } else if (effect instanceof Effect.Close close) {
      close.problem().ifPresent(problem -> link.toDevice(problem.toByteArray()));
      link.closeByMesh();
      closed();
    }
  }
}
