package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.wire.Handshake;
import java.net.URI;
import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Asks a mesh for its key, as who founds a space does, and for nothing else. */
public final class MeshGreeting {
  private static final long PATIENCE_SECONDS = 20;

  /** A mesh says one thing before it is answered: what comes beyond that is not looked at. */
  private static final int MAX_MESSAGES = 2;

  private static final byte[] CLOSED = new byte[0];

  private MeshGreeting() {}

  /**
   * The key that a mesh has proved to hold. Waits for it, up to 20 seconds.
   *
   * @throws SealiftException {@code MESH_UNREACHABLE}, {@code NOT_A_MESH}, {@code MESH_NOT_TRUSTED}, {@code MESH_VERSION}, {@code MESH_BUSY}, {@code WRONG_MESH}, {@code TIMED_OUT}
   */
  public static VerifyingKey notary(Transport transport, URI mesh) {
    Incoming incoming = new Incoming();
    try (Transport.Connection connection = transport.connect(mesh, incoming)) {
      byte[] nonce = new byte[Handshake.NONCE_BYTES];
      new SecureRandom().nextBytes(nonce);
      ByteString clientNonce = ByteString.copyFrom(nonce);
      connection.send(hello(clientNonce).toByteArray());
      byte[] answer = incoming.messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (answer == null || answer == CLOSED) {
        throw new TransportException(
            TransportException.Kind.UNREACHABLE, "the connection broke", null);
      }
      return notary(Frame.parseFrom(answer), clientNonce);
    } catch (TransportException e) {
      throw SyncCore.unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SealiftException(ErrorCode.TIMED_OUT, "The wait was interrupted.", e);
    } catch (InvalidProtocolBufferException | FormatException e) {
      throw new SealiftException(ErrorCode.NOT_A_MESH, "The mesh sent what is no frame.", e);
    }
  }

  /** Of no space, by keys that are used once. */
  private static Frame hello(ByteString clientNonce) {
    return Frame.newBuilder()
        .setHello(Hello.newBuilder()
            .setMinVersion(Limits.PROTOCOL_VERSION)
            .setMaxVersion(Limits.PROTOCOL_VERSION)
            .setDevice(DeviceKeyPair.generate().publicKeys().toProto())
            .setClientNonce(clientNonce))
        .build();
  }

  private static VerifyingKey notary(Frame frame, ByteString clientNonce) throws FormatException {
    if (frame.hasProblem()) {
      throw Problems.toException(frame.getProblem());
    }
    if (frame.hasGoAway()) {
      throw new MeshBusyException(frame.getGoAway().getRetryAfterMillis());
    }
    if (!frame.hasChallenge()) {
      throw new FormatException("the mesh sent a frame that has no place here");
    }
    Challenge challenge = frame.getChallenge();
    SyncSession.requireVersion(challenge);
    VerifyingKey notary = VerifyingKey.parse(challenge.getNotary());
    SyncSession.requireProof(
        SyncSession.handshake(notary, ByteString.EMPTY, clientNonce, challenge.getServerNonce()),
        challenge);
    return notary;
  }

  private static final class Incoming implements Transport.Listener {
    private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>(MAX_MESSAGES);

    @Override
    public void received(byte[] message) {
      var unused = messages.offer(message);
    }

    @Override
    public void alive() {}

    @Override
    public void closed() {
      received(CLOSED);
    }
  }
}
