package dev.sealift.vectors;

import com.google.gson.JsonElement;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Invitation;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.MembershipChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A membership in the form of the vectors. */
public final class MembershipJson {
  private MembershipJson() {}

  /**
   * @param files all that the membership came from, in order; others may be among them
   */
  public static Json of(Membership membership, List<SignedHeader> files) throws FormatException {
    return Json.of("space", membership.space().toString())
        .hex("notary", membership.notary().byteString())
        .json("rules", Messages.toJson(membership.rules().toProto()))
        .hex("epoch_commitment", membership.epochCommitment())
        .u64("number", membership.number())
        .text("last", membership.last().toString())
        .list(
            "devices",
            membership.devices().stream()
                .sorted(Comparator.comparing(Device::id))
                .toList(),
            MembershipJson::device)
        .list("invitations", invitations(membership, files), MembershipJson::invitation);
  }

  private static JsonElement device(Device device) {
    return Json.of("device", device.id().toString())
        .hex("signing", device.keys().signing().byteString())
        .hex("hpke", device.keys().hpke())
        .text("member", device.member().toString())
        .text("role", device.role().name())
        .get();
  }

  private static List<Invitation> invitations(Membership membership, List<SignedHeader> files)
      throws FormatException {
    List<Invitation> invitations = new ArrayList<>();
    for (SignedHeader file : files) {
      MembershipChange change =
          file.header().membership().orElse(MembershipChange.getDefaultInstance());
      if (change.hasOpenInvitation()) {
        VerifyingKey key =
            VerifyingKey.parse(change.getOpenInvitation().getKeys().getSigning());
        invitations.add(membership.invitation(key).orElseThrow());
      }
    }
    return invitations;
  }

  private static JsonElement invitation(Invitation invitation) {
    Json json = Json.object()
        .hex("signing", invitation.keys().signing().byteString())
        .hex("hpke", invitation.keys().hpke())
        .text("role", invitation.role().name())
        .u64("expires_at_millis", invitation.expiresAtMillis())
        .u32("uses_left", invitation.usesLeft());
    invitation.member().ifPresent(member -> json.text("member", member.toString()));
    return json.get();
  }
}
