package dev.sealift.gateway.session;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.wire.Handshake;

/**
 * Where a session stands.
 *
 * <pre>
 *                  Hello                Prove                    a member
 * AwaitingHello ──────────▶ Challenged ──────▶ Authorizing ───────────────────▶ Open
 *        │                                         │ │                        ▲   ▲
 *        │ Hello without a space                   │ └ by invitation ▶ Joining┘   │
 *        ▼                                         │        (its Join is admitted)│
 * NotaryShown                                      ├ unknown space ▶ Founding ────┘
 *                                                       (the genesis file is admitted)
 *                                                  └ the mesh was restored, and takes files back ▶ Recovering
 * any ──▶ Closed
 * </pre>
 */
sealed interface State {
  record AwaitingHello() implements State {
    Challenged challenged(Greeting greeting) {
      return new Challenged(greeting);
    }

    NotaryShown notaryShown() {
      return new NotaryShown();
    }
  }

  /** The device only wanted to learn the notary's key; it has nothing more to say here. */
  record NotaryShown() implements State {}

  record Challenged(Greeting greeting) implements State {
    Authorizing proved(long ticket) {
      Peer peer = new Peer(
          greeting.space(),
          greeting.deviceId(),
          greeting.invitation().map(key -> key.byteString()).orElse(ByteString.EMPTY),
          greeting.admissionToken());
      return new Authorizing(peer, greeting.handshake(), ticket, 1);
    }
  }

  /** The device is who it says; the engine is asked whether it may be here. */
  record Authorizing(Peer peer, Handshake handshake, long ticket, int tries) implements State {
    Authorizing again(long newTicket) {
      return new Authorizing(peer, handshake, newTicket, tries + 1);
    }

    Open member(PutLane puts, ReadLane reads) {
      return new Open(peer, puts, reads);
    }

    Joining invited(PutLane puts, ReadLane reads) {
      return new Joining(peer, puts, reads, false);
    }

    Recovering recovering(PutLane puts, ReadLane reads) {
      return new Recovering(peer, puts, reads);
    }

    Founding unknownSpace(PutLane puts, ReadLane reads) {
      return new Founding(peer, puts, reads, false);
    }
  }

  /** Past the handshake. */
  sealed interface Welcomed extends State {
    Peer peer();

    PutLane puts();

    ReadLane reads();
  }

  /**
   * @param asked the genesis file is on its way: what comes behind it is for the engine to judge
   */
  record Founding(Peer peer, PutLane puts, ReadLane reads, boolean asked) implements Welcomed {
    Founding asked(boolean now) {
      return new Founding(peer, puts, reads, now);
    }

    Open founded() {
      return new Open(peer, puts, reads);
    }
  }

  /**
   * May read, and put its Join.
   *
   * @param asked the Join is on its way: what comes behind it is for the engine to judge
   */
  record Joining(Peer peer, PutLane puts, ReadLane reads, boolean asked) implements Welcomed {
    Joining asked(boolean now) {
      return new Joining(peer, puts, reads, now);
    }

    Open joined() {
      return new Open(peer, puts, reads);
    }
  }

  /** May bring back what the mesh lost, whoever it is, and nothing else. */
  record Recovering(Peer peer, PutLane puts, ReadLane reads) implements Welcomed {}

  record Open(Peer peer, PutLane puts, ReadLane reads) implements Welcomed {}

  record Closed() implements State {}
}
