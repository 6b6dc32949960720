package dev.sealift.gateway.session;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import java.util.Optional;

/**
 * Who is at the other end, proved.
 *
 * @param invitation the invitation's key, or empty
 * @param admissionToken that it presented, or empty
 */
record Peer(SpaceId space, DeviceId device, ByteString invitation, ByteString admissionToken) {

  AuthorizeRequest authorizeRequest() {
    return AuthorizeRequest.newBuilder()
        .setSpace(space.byteString())
        .setDevice(device.byteString())
        .setInvitation(invitation)
        .build();
  }

  DevicePosition at(long sequence, Optional<SignedPosition> signed) {
    return DevicePosition.newBuilder()
        .setSpace(space.byteString())
        .setDevice(device.byteString())
        .setSequence(sequence)
        .setSignedPosition(signed.map(SignedPosition::exact).orElse(ByteString.EMPTY))
        .build();
  }
}
