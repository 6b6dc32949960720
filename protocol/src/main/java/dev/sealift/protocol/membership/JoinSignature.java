package dev.sealift.protocol.membership;

import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;

/** What an invitation's key signs when a device joins by it: the space, the device's two keys and the member. */
public final class JoinSignature {
  private JoinSignature() {}

  public static byte[] sign(
      SigningKey invitation, SpaceId space, DevicePublicKeys device, MemberId member) {
    return invitation.sign(SignatureContext.JOIN, parts(space, device, member));
  }

  static boolean verify(
      VerifyingKey invitation,
      byte[] signature,
      SpaceId space,
      DevicePublicKeys device,
      MemberId member) {
    return invitation.verify(SignatureContext.JOIN, signature, parts(space, device, member));
  }

  private static byte[][] parts(SpaceId space, DevicePublicKeys device, MemberId member) {
    return new byte[][] {
      space.toByteArray(),
      device.signing().toByteArray(),
      device.hpke().toByteArray(),
      member.toByteArray()
    };
  }
}
