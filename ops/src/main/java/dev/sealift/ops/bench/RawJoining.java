package dev.sealift.ops.bench;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.ops.bench.RawDevice.PutFileBytes;
import dev.sealift.ops.bench.Sockets.Socket;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.wire.Handshake;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Devices without a store that join a space by a link, as members of their own, while nobody else changes who is in it. For one thread. */
final class RawJoining {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Sockets sockets = new Sockets();
  private final URI mesh;
  private final InviteLink link;
  private final InvitationKeys invitation;
  private long number;
  private @Nullable FileId last;

  RawJoining(URI mesh, InviteLink link) {
    this.mesh = mesh;
    this.link = link;
    this.invitation = InvitationKeys.derive(link.secret().toByteArray());
  }

  /** One more, when it has its receipt. */
  DeviceKeyPair join() throws Exception {
    DeviceKeyPair keys = DeviceKeyPair.generate();
    try (Socket socket = sockets.open(mesh)) {
      enter(socket, keys);
      if (last == null) {
        learnInvitation(socket);
      }
      SignedHeader header = joining(keys);
      RawDevice.send(socket, List.of(new PutFileBytes(header, new byte[0])));
      RawDevice.awaitReceipts(socket);
      number++;
      last = header.id();
    }
    return keys;
  }

  private void enter(Socket socket, DeviceKeyPair keys) throws Exception {
    ByteString nonce = bytes(Handshake.NONCE_BYTES);
    send(
        socket,
        Frame.newBuilder()
            .setHello(Hello.newBuilder()
                .setMinVersion(Limits.PROTOCOL_VERSION)
                .setMaxVersion(Limits.PROTOCOL_VERSION)
                .setSpace(link.space().byteString())
                .setDevice(keys.publicKeys().toProto())
                .setInvitation(invitation.publicKeys().signing().byteString())
                .setClientNonce(nonce)));
    Challenge challenge = next(socket).getChallenge();
    Handshake handshake = new Handshake(
        challenge.getVersion(),
        link.notary(),
        link.space().byteString(),
        nonce,
        challenge.getServerNonce());
    send(
        socket,
        Frame.newBuilder()
            .setProve(Prove.newBuilder()
                .setSignature(
                    ByteString.copyFrom(handshake.signAsDevice(keys.signing(), keys.id())))
                .setInvitationSignature(ByteString.copyFrom(
                    handshake.signAsInvitation(invitation.signing(), keys.id())))));
    if (!next(socket).hasWelcome()) {
      throw new BenchFailedException("The mesh did not welcome a device that is to join.");
    }
  }

  /** The change behind which the first joins. */
  private void learnInvitation(Socket socket) throws Exception {
    send(
        socket,
        Frame.newBuilder()
            .setFetch(
                Fetch.newBuilder().setRequest(1).setAfterSequence(link.invitationSequence() - 1)));
    Frame files = next(socket);
    SignedHeader opened = SignedHeader.parse(files.getFiles().getEntries(0).getSignedHeader());
    number = opened.header().membership().orElseThrow().getNumber();
    last = opened.id();
  }

  private SignedHeader joining(DeviceKeyPair keys) throws Exception {
    MemberId member = MemberId.random(RANDOM);
    Join join = Join.newBuilder()
        .setDevice(keys.publicKeys().toProto())
        .setInvitation(invitation.publicKeys().signing().byteString())
        .setInvitationSignature(ByteString.copyFrom(
            JoinSignature.sign(invitation.signing(), link.space(), keys.publicKeys(), member)))
        .setMember(member.byteString())
        .build();
    FileId before = last;
    if (before == null) {
      throw new IllegalStateException("the invitation was not looked up");
    }
    HeaderBody body = HeaderBody.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setKind(FileKind.FILE_KIND_MEMBERSHIP)
        .setSpace(link.space().byteString())
        .setDevice(keys.id().byteString())
        .setCounter(1)
        .setHybridTime(HybridTime.of(System.currentTimeMillis(), 0).bits())
        .setCollection(CollectionId.main().byteString())
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(CompactTree.EMPTY_ROOT.byteString()))
        .setSalt(bytes(32))
        .setMembership(MembershipChange.newBuilder()
            .setNumber(number + 1)
            .setPrevious(before.byteString())
            .setJoin(join))
        .build();
    return SignedHeader.sign(body, new byte[0], keys.signing());
  }

  private static void send(Socket socket, Frame.Builder frame) throws Exception {
    socket.send(frame.build().toByteArray());
  }

  private static Frame next(Socket socket) throws Exception {
    return Frame.parseFrom(socket.next());
  }

  private static ByteString bytes(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
