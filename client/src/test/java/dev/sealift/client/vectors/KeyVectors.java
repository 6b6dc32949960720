package dev.sealift.client.vectors;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.Messages;
import dev.sealift.vectors.VectorFile;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

final class KeyVectors extends VectorFile {
  private static final byte[] MAIN = new byte[16];
  private static final byte[] EPOCH_KEY = Sealing.filled(32, 0x6b);
  private static final byte[] EPHEMERAL = Sealing.filled(32, 0x65);
  private static final InvitationKeys INVITATION = InvitationKeys.derive(Sealing.filled(32, 0x5e));

  KeyVectors() {
    super("keys", "Section 7: keys derived, committed to, and sealed by HPKE.");
  }

  @Override
  protected void cases(Cases to) throws GeneralSecurityException {
    to.add(
        "the invitation of section 20",
        Json.of("kind", "invitation").hex("secret", Sealing.filled(32, 0x5e)));
    to.add(
        "another invitation", Json.of("kind", "invitation").hex("secret", Sealing.filled(32, 0)));
    to.add(
        "a device",
        Json.of("kind", "device")
            .hex("signing_seed", Sealing.filled(32, 1))
            .hex("hpke_private", Sealing.filled(32, 0x21)));
    to.add("the commitment of section 20", commitment(MAIN, 1));
    to.add("the commitment of epoch 2", commitment(MAIN, 2));
    to.add(
        "the commitment of the last epoch of another collection",
        commitment(Sealing.filled(16, 7), Integer.MAX_VALUE));
    ByteString recipient = INVITATION.publicKeys().hpke();
    to.add("the sealed key of section 20", seal(recipient.toByteArray(), MAIN, 1));
    to.add(
        "sealed for epoch 3 of another collection",
        seal(recipient.toByteArray(), Sealing.filled(16, 7), 3));
    to.add("refused: sealing to a point of small order", seal(new byte[32], MAIN, 1));
    opening(
        to,
        Sealing.sealKey(EPOCH_KEY, Sealing.info(MAIN, 1), recipient.toByteArray(), EPHEMERAL)
            .sealedKey());
    envelopes(to);
  }

  private static Json commitment(byte[] collection, int epoch) {
    return Json.of("kind", "commitment")
        .hex("epoch_key", EPOCH_KEY)
        .hex("collection", collection)
        .u32("epoch", epoch);
  }

  private static Json seal(byte[] recipient, byte[] collection, int epoch) {
    return Json.of("kind", "seal")
        .hex("epoch_key", EPOCH_KEY)
        .hex("collection", collection)
        .u32("epoch", epoch)
        .hex("recipient", recipient)
        .hex("ephemeral_private", EPHEMERAL);
  }

  private static void opening(Cases to, byte[] sealed) {
    byte[] key = INVITATION.hpkePrivate();
    to.add("opened", open(key, MAIN, 1, sealed));
    to.add("refused: another private key", open(Sealing.filled(32, 1), MAIN, 1, sealed));
    to.add("refused: another epoch", open(key, MAIN, 2, sealed));
    to.add("refused: another collection", open(key, Sealing.filled(16, 1), 1, sealed));
    byte[] flipped = sealed.clone();
    flipped[40] ^= 0x10;
    to.add("refused: a bit flipped", open(key, MAIN, 1, flipped));
    to.add("refused: a byte short", open(key, MAIN, 1, Arrays.copyOf(sealed, 79)));
    to.add("refused: a byte long", open(key, MAIN, 1, Arrays.copyOf(sealed, 81)));
    byte[] zeros = sealed.clone();
    Arrays.fill(zeros, 0, 32, (byte) 0);
    to.add("refused: an encapsulated key of small order", open(key, MAIN, 1, zeros));
  }

  private static Json open(byte[] hpkePrivate, byte[] collection, int epoch, byte[] sealed) {
    return Json.of("kind", "open")
        .hex("hpke_private", hpkePrivate)
        .hex("collection", collection)
        .u32("epoch", epoch)
        .hex("sealed_key", sealed);
  }

  private static void envelopes(Cases to) throws GeneralSecurityException {
    MembershipPayload payload = MembershipPayload.newBuilder()
        .setVersion(1)
        .addEnvelopes(envelope(device(2)))
        .addEnvelopes(envelope(device(1)))
        .build();
    to.add("found among two envelopes", envelopes(payload, 1));
    to.add("found among two envelopes, the first", envelopes(payload, 2));
    to.add("refused: no envelope for this device", envelopes(payload, 3));
  }

  private static DeviceKeyPair device(int n) {
    byte[] secret = Sealing.filled(64, n);
    Arrays.fill(secret, 32, 64, (byte) (0x20 + n));
    try {
      return DeviceKeyPair.of(secret);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyEnvelope envelope(DeviceKeyPair device) throws GeneralSecurityException {
    ByteString recipient = device.publicKeys().hpke();
    byte[] sealed = Sealing.sealKey(
            EPOCH_KEY, Sealing.info(MAIN, 1), recipient.toByteArray(), EPHEMERAL)
        .sealedKey();
    return KeyEnvelope.newBuilder()
        .setCollection(ByteString.copyFrom(MAIN))
        .setEpoch(1)
        .setRecipient(recipient)
        .setSealedKey(ByteString.copyFrom(sealed))
        .build();
  }

  private static Json envelopes(MembershipPayload payload, int device) {
    return Json.of("kind", "envelopes")
        .hex("payload", payload.toByteString())
        .hex("hpke_private", device(device).hpkePrivate());
  }

  /** A key to somebody else is passed over, and so are five bits of every X25519 private key (RFC 7748). */
  @Override
  protected boolean isGuarded(Inputs in) {
    return !List.of("invitation", "commitment").contains(in.text("kind"));
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "invitation" -> invitation(InvitationKeys.derive(in.hex("secret")));
      case "device" -> device(in);
      case "commitment" ->
        Json.object()
            .hex(
                "epoch_commitment",
                EpochKey.of(in.u32("epoch"), in.hex("epoch_key"))
                    .commitment(in.bytes("collection")));
      case "seal" -> sealed(in);
      case "open" ->
        opened(
            in.hex("hpke_private"),
            in.bytes("collection"),
            in.u32("epoch"),
            in.bytes("sealed_key"));
      case "envelopes" -> found(in);
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json invitation(InvitationKeys keys) {
    return Json.object()
        .hex("signing_seed", keys.signing().seed())
        .hex("signing", keys.publicKeys().signing().byteString())
        .hex("hpke_private", keys.hpkePrivate())
        .hex("hpke", keys.publicKeys().hpke());
  }

  private static Json device(Inputs in) throws FormatException {
    ByteString secret = in.bytes("signing_seed").concat(in.bytes("hpke_private"));
    DeviceKeyPair keys = DeviceKeyPair.of(secret.toByteArray());
    return Json.object()
        .hex("signing", keys.publicKeys().signing().byteString())
        .hex("hpke", keys.publicKeys().hpke())
        .text("device_id", keys.id().toString());
  }

  /** Production code draws the ephemeral key itself, so this is the formula; that production opens it shows in the case opened. */
  private static Json sealed(Inputs in) throws FormatException {
    byte[] info = Sealing.info(in.hex("collection"), in.u32("epoch"));
    KeySealing.seal(
        in.bytes("recipient"),
        in.bytes("collection"),
        EpochKey.of(in.u32("epoch"), in.hex("epoch_key")));
    try {
      Sealing.Sealed sealed = Sealing.sealKey(
          in.hex("epoch_key"), info, in.hex("recipient"), in.hex("ephemeral_private"));
      return Json.object()
          .hex("info", sealed.info())
          .hex("shared_secret", sealed.sharedSecret())
          .hex("key", sealed.key())
          .hex("base_nonce", sealed.baseNonce())
          .hex("sealed_key", sealed.sealedKey());
    } catch (GeneralSecurityException e) {
      throw new FormatException("no public key", e);
    }
  }

  private static Json opened(
      byte[] hpkePrivate, ByteString collection, int epoch, ByteString sealed) {
    try {
      byte[] secret = new byte[64];
      System.arraycopy(hpkePrivate, 0, secret, 32, 32);
      ByteString recipient = DeviceKeyPair.of(secret).publicKeys().hpke();
      return Json.object()
          .hex(
              "epoch_key",
              KeySealing.open(hpkePrivate, recipient, collection, epoch, sealed).secret());
    } catch (FormatException e) {
      return Json.of("refused", "DOES_NOT_OPEN");
    }
  }

  private static Json found(Inputs in) throws FormatException {
    byte[] hpkePrivate = in.hex("hpke_private");
    byte[] secret = new byte[64];
    System.arraycopy(hpkePrivate, 0, secret, 32, 32);
    ByteString recipient = DeviceKeyPair.of(secret).publicKeys().hpke();
    try {
      MembershipPayload payload = MembershipPayload.parseFrom(in.bytes("payload"));
      for (KeyEnvelope envelope : payload.getEnvelopesList()) {
        if (envelope.getRecipient().equals(recipient)) {
          return opened(
                  hpkePrivate,
                  envelope.getCollection(),
                  envelope.getEpoch(),
                  envelope.getSealedKey())
              .json("fields", Messages.toJson(payload));
        }
      }
      return Json.of("refused", "DOES_NOT_OPEN");
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("no payload", e);
    }
  }
}
