package dev.sealift.gateway.session;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.wire.Handshake;
import java.util.Optional;

/**
 * A device's Hello, checked for form: who it says it is, until it has proved it.
 *
 * @param space the space that it asks for
 * @param invitation the key of the invitation by which it wants to join
 * @param admissionToken for the engine to judge, or empty
 */
record Greeting(
    Handshake handshake,
    SpaceId space,
    DevicePublicKeys device,
    DeviceId deviceId,
    Optional<VerifyingKey> invitation,
    ByteString admissionToken) {

  /** What the handshake itself needs: a version that both speak, a nonce, and a space or none. */
  static void checkForm(Hello hello) throws Breach {
    boolean spoken = Integer.compareUnsigned(hello.getMinVersion(), Limits.PROTOCOL_VERSION) <= 0
        && Integer.compareUnsigned(hello.getMaxVersion(), Limits.PROTOCOL_VERSION) >= 0;
    if (!spoken) {
      throw new Breach(ProblemCode.PROBLEM_CODE_UNSUPPORTED_VERSION);
    }
    if (hello.getAdmissionToken().size() > Limits.MAX_ADMISSION_TOKEN_BYTES) {
      throw new Breach(ProblemCode.PROBLEM_CODE_TOO_MUCH);
    }
    boolean wellFormed = hello.getClientNonce().size() == Handshake.NONCE_BYTES
        && (asksForNotaryOnly(hello) || hello.getSpace().size() == SpaceId.BYTES);
    if (!wellFormed) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }

  /** A Hello without a space asks for nothing but the Challenge. */
  static boolean asksForNotaryOnly(Hello hello) {
    return hello.getSpace().isEmpty();
  }

  static Greeting parse(Hello hello, Handshake handshake) throws Breach {
    try {
      DevicePublicKeys device = DevicePublicKeys.parse(hello.getDevice());
      Optional<VerifyingKey> invitation = hello.getInvitation().isEmpty()
          ? Optional.empty()
          : Optional.of(VerifyingKey.parse(hello.getInvitation()));
      return new Greeting(
          handshake,
          SpaceId.parse(hello.getSpace()),
          device,
          device.id(),
          invitation,
          hello.getAdmissionToken());
    } catch (FormatException e) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }

  void check(Prove prove) throws Breach {
    boolean proved =
        handshake.verifyDevice(device.signing(), deviceId, prove.getSignature().toByteArray())
            && invitation.map(key -> provesInvitation(key, prove)).orElse(true);
    if (!proved) {
      throw new Breach(ProblemCode.PROBLEM_CODE_AUTHENTICATION_FAILED);
    }
  }

  private boolean provesInvitation(VerifyingKey key, Prove prove) {
    return handshake.verifyInvitation(
        key, deviceId, prove.getInvitationSignature().toByteArray());
  }

  AuthorizeRequest authorizeRequest() {
    AuthorizeRequest.Builder request =
        AuthorizeRequest.newBuilder().setSpace(space.byteString()).setDevice(deviceId.byteString());
    invitation.ifPresent(key -> request.setInvitation(key.byteString()));
    return request.build();
  }
}
