package dev.sealift.ops.hostile;

import com.google.protobuf.ByteString;
import dev.sealift.ops.simulate.Way;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.wire.Handshake;

/** A connection, as a liar hears it. */
final class Talk {
  private final Way way;
  private ByteString space = ByteString.EMPTY;
  private ByteString clientNonce = ByteString.EMPTY;
  private ByteString serverNonce = ByteString.EMPTY;

  Talk(Way way) {
    this.way = way;
  }

  DeviceId of() {
    return way.of();
  }

  void hear(Frame frame) {
    if (frame.hasHello()) {
      space = frame.getHello().getSpace();
      clientNonce = frame.getHello().getClientNonce();
    } else if (frame.hasChallenge()) {
      serverNonce = frame.getChallenge().getServerNonce();
    }
  }

  /** What both ends sign in this connection, once both have said theirs. */
  Handshake handshake(VerifyingKey notary) {
    return new Handshake(Limits.PROTOCOL_VERSION, notary, space, clientNonce, serverNonce);
  }

  /** The device gets this, which nobody sent. */
  void bring(Frame frame) {
    way.bring(frame.toByteArray());
  }

  void bring(byte[] message) {
    way.bring(message);
  }

  /** The mesh gets this, as though the device had sent it. */
  void say(Frame frame) {
    way.say(frame.toByteArray());
  }
}
