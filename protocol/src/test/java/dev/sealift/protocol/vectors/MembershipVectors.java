package dev.sealift.protocol.vectors;

import com.google.gson.JsonElement;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Invitation;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.Messages;
import dev.sealift.vectors.VectorFile;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class MembershipVectors extends VectorFile {
  MembershipVectors() {
    super(
        "membership",
        "Section 6: chains of membership files, each with its server time, and who is in the space after the last; or"
            + " which file is refused, and why.");
  }

  @Override
  protected void cases(Cases to) throws Exception {
    MembershipChains.add(to);
  }

  /** Of a server time only matters on which side of an expiry it is. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    List<Inputs> files = in.objects("files");
    Membership membership = null;
    for (int i = 0; i < files.size(); i++) {
      SignedHeader file = SignedHeader.parse(files.get(i).hex("signed_header"));
      long time = files.get(i).u64("server_time_millis");
      try {
        membership = membership == null ? Membership.found(file) : next(membership, file, time);
      } catch (MembershipException e) {
        files.subList(i + 1, files.size()).forEach(MembershipVectors::skip);
        return Json.of("refused", e.code().name().replace("REFUSAL_CODE_", "")).u32("at", i);
      } catch (BadSignatureException e) {
        files.subList(i + 1, files.size()).forEach(MembershipVectors::skip);
        return Json.of("refused", "BAD_SIGNATURE").u32("at", i);
      }
    }
    return described(java.util.Objects.requireNonNull(membership), files);
  }

  private static void skip(Inputs file) {
    file.hex("signed_header");
    file.u64("server_time_millis");
  }

  private static final class BadSignatureException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private static Membership next(Membership membership, SignedHeader file, long time)
      throws MembershipException, BadSignatureException {
    Optional<VerifyingKey> key = membership.authorKey(file);
    if (key.isPresent() && !file.verify(key.get())) {
      throw new BadSignatureException();
    }
    return membership.apply(file, time);
  }

  private static Json described(Membership membership, List<Inputs> files) throws FormatException {
    return Json.of("space", membership.space().toString())
        .hex("notary", membership.notary().byteString())
        .json("rules", rules(membership))
        .hex("epoch_commitment", membership.epochCommitment())
        .u64("number", membership.number())
        .text("last", membership.last().toString())
        .list(
            "devices",
            membership.devices().stream()
                .sorted(Comparator.comparing(Device::id))
                .toList(),
            MembershipVectors::device)
        .list("invitations", invitations(membership, files), MembershipVectors::invitation);
  }

  private static JsonElement rules(Membership membership) {
    return Messages.toJson(membership.rules().toProto());
  }

  static JsonElement device(Device device) {
    return Json.of("device", device.id().toString())
        .hex("signing", device.keys().signing().byteString())
        .hex("hpke", device.keys().hpke())
        .text("member", device.member().toString())
        .text("role", device.role().name())
        .get();
  }

  /** In the order of their opening. */
  private static List<Invitation> invitations(Membership membership, List<Inputs> files)
      throws FormatException {
    List<Invitation> invitations = new java.util.ArrayList<>();
    for (Inputs file : files) {
      var change =
          SignedHeader.parse(file.hex("signed_header")).header().membership().orElseThrow();
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
