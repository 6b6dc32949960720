package dev.sealift.protocol.vectors;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.wire.Handshake;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.nio.ByteBuffer;

final class ConnectionVectors extends VectorFile {
  private static final SampleDevice DEVICE = SampleDevice.number(1);
  private static final SigningKey INVITATION = SampleDevice.number(2).signing();
  private static final Handshake HANDSHAKE =
      new Handshake(1, SampleFiles.NOTARY, filled(0x11), filled(0x22), filled(0x33));

  ConnectionVectors() {
    super(
        "connections", "Sections 4 and 13: what notary, device and invitation sign at connecting.");
  }

  @Override
  protected void cases(Cases to) {
    to.add("the notary signs", notary(connection(HANDSHAKE)));
    Handshake spaceless =
        new Handshake(1, SampleFiles.NOTARY, ByteString.EMPTY, filled(0x22), filled(0x33));
    to.add(
        "the notary signs for a Hello that names no space",
        "The space is given as it stands in the Hello, empty; in the connection it is zeros.",
        notary(connection(spaceless).text("space", "")));
    to.add("the device signs", device(connection(HANDSHAKE), "device", DEVICE.signing()));
    to.add("the invitation signs", device(connection(HANDSHAKE), "invitation", INVITATION));
    byte[] good = HANDSHAKE.signAsNotary(SampleFiles.NOTARY_KEY, SampleFiles.NEW_YEAR_MILLIS);
    to.add("a good Challenge", verifyNotary(HANDSHAKE, good));
    to.add(
        "refused: a Challenge for another client nonce",
        verifyNotary(
            new Handshake(1, SampleFiles.NOTARY, filled(0x11), filled(0x23), filled(0x33)), good));
    to.add(
        "refused: a Challenge for another version",
        verifyNotary(
            new Handshake(2, SampleFiles.NOTARY, filled(0x11), filled(0x22), filled(0x33)), good));
    byte[] proof = HANDSHAKE.signAsDevice(DEVICE.signing(), DEVICE.id());
    to.add("a good Prove", verifyDevice("device", DEVICE.signing(), proof));
    to.add(
        "refused: a Prove used as an invitation's",
        verifyDevice("invitation", DEVICE.signing(), proof));
    to.add(
        "a good Prove of an invitation",
        verifyDevice(
            "invitation", INVITATION, HANDSHAKE.signAsInvitation(INVITATION, DEVICE.id())));
  }

  private static Json connection(Handshake handshake) {
    return Json.object()
        .u32("version", handshake.version())
        .hex("notary", handshake.notary().byteString())
        .hex("space", handshake.space())
        .hex("client_nonce", handshake.clientNonce())
        .hex("server_nonce", handshake.serverNonce());
  }

  private static Json notary(Json connection) {
    return connection
        .text("signer", "notary")
        .u64("server_time_millis", SampleFiles.NEW_YEAR_MILLIS)
        .hex("seed", SampleFiles.NOTARY_KEY.seed());
  }

  private static Json device(Json connection, String signer, SigningKey key) {
    return connection
        .text("signer", signer)
        .text("device", DEVICE.id().toString())
        .hex("seed", key.seed());
  }

  private static Json verifyNotary(Handshake handshake, byte[] signature) {
    return connection(handshake)
        .text("signer", "notary")
        .u64("server_time_millis", SampleFiles.NEW_YEAR_MILLIS)
        .hex("signature", signature);
  }

  private static Json verifyDevice(String signer, SigningKey key, byte[] signature) {
    return connection(HANDSHAKE)
        .text("signer", signer)
        .text("device", DEVICE.id().toString())
        .hex("public_key", key.verifyingKey().byteString())
        .hex("signature", signature);
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    Handshake handshake = new Handshake(
        in.u32("version"),
        VerifyingKey.of(in.hex("notary")),
        in.bytes("space"),
        in.bytes("client_nonce"),
        in.bytes("server_nonce"));
    return in.has("seed") ? signed(handshake, in) : verified(handshake, in);
  }

  private static Json signed(Handshake handshake, Inputs in) throws FormatException {
    SigningKey key = SigningKey.fromSeed(in.hex("seed"));
    byte[] signature = switch (in.text("signer")) {
      case "notary" -> handshake.signAsNotary(key, in.u64("server_time_millis"));
      case "device" -> handshake.signAsDevice(key, DeviceId.of(in.hex("device")));
      case "invitation" -> handshake.signAsInvitation(key, DeviceId.of(in.hex("device")));
      default -> throw new BadVectorException("an unknown signer");
    };
    return Json.object().hex("connection", bytes(handshake)).hex("signature", signature);
  }

  private static Json verified(Handshake handshake, Inputs in) throws FormatException {
    byte[] signature = in.hex("signature");
    boolean good = switch (in.text("signer")) {
      case "notary" -> handshake.verifyNotary(signature, in.u64("server_time_millis"));
      case "device" ->
        handshake.verifyDevice(
            VerifyingKey.of(in.hex("public_key")), DeviceId.of(in.hex("device")), signature);
      case "invitation" ->
        handshake.verifyInvitation(
            VerifyingKey.of(in.hex("public_key")), DeviceId.of(in.hex("device")), signature);
      default -> throw new BadVectorException("an unknown signer");
    };
    return good ? Json.object().bool("good", true) : Json.of("refused", "BAD_SIGNATURE");
  }

  /** The 132 bytes of section 4. That they are what is signed, the signatures say. */
  private static byte[] bytes(Handshake handshake) {
    return ByteBuffer.allocate(132)
        .putInt(handshake.version())
        .put(handshake.notary().toByteArray())
        .put(handshake.space().toByteArray())
        .put(handshake.clientNonce().toByteArray())
        .put(handshake.serverNonce().toByteArray())
        .array();
  }

  private static ByteString filled(int fill) {
    return SampleFiles.filled(32, fill);
  }
}
