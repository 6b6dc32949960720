package dev.sealift.gateway.session;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.Handshake;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Proves to devices that this is the notary's mesh. One for all sessions. */
public final class Notary {
  private final SigningKey key;
  private final Supplier<byte[]> nonces;
  private final LongSupplier wallMillis;

  /**
   * @param nonces 32 fresh random bytes each time
   * @param wallMillis Unix time, as told to devices
   */
  public Notary(SigningKey key, Supplier<byte[]> nonces, LongSupplier wallMillis) {
    this.key = key;
    this.nonces = nonces;
    this.wallMillis = wallMillis;
  }

  long wallMillis() {
    return wallMillis.getAsLong();
  }

  /** What both sides will sign; the Hello's lengths are checked before. */
  Handshake handshake(Hello hello) {
    return new Handshake(
        Limits.PROTOCOL_VERSION,
        key.verifyingKey(),
        hello.getSpace(),
        hello.getClientNonce(),
        ByteString.copyFrom(nonces.get()));
  }

  Challenge challenge(Handshake handshake) {
    long now = wallMillis();
    return Challenge.newBuilder()
        .setVersion(handshake.version())
        .setNotary(handshake.notary().byteString())
        .setServerNonce(handshake.serverNonce())
        .setServerTimeMillis(now)
        .setSignature(ByteString.copyFrom(handshake.signAsNotary(key, now)))
        .build();
  }

  /**
   * Signs what a device is told at the beginning, for this connection.
   *
   * @throws FormatException when it is not as a Welcome has to be
   */
  Welcome welcome(Handshake handshake, Welcome.Builder said) throws FormatException {
    return said.setSignature(WelcomeStatement.sign(handshake, said, key).signature())
        .build();
  }
}
