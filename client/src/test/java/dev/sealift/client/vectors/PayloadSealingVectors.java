package dev.sealift.client.vectors;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

final class PayloadSealingVectors extends VectorFile {
  private static final byte[] EPOCH_KEY = Sealing.filled(32, 0x6b);
  private static final byte[] NONCE = HexFormat.of().parseHex("000102030405060708090a0b");

  /** The body of section 20's events header. */
  private static final byte[] BODY = HexFormat.of()
      .parseHex("080110011a20460d3e2efcf25b838acf6e040e2a710e52297e2f22e38046732118f69a7b5e8d2220"
          + "9214765f93a4e21fb10182f099f8823cc6ece820dc26ecdd1f89010e1476babb28043220"
          + "33".repeat(32)
          + "39070000a8da769b01421000000000000000000000000000000000480162240809" + "1220"
          + "22".repeat(32)
          + "6a470a20" + "44".repeat(32) + "10ac021a20" + "66".repeat(32) + "7a20"
          + "11".repeat(32));

  PayloadSealingVectors() {
    super(
        "payload-sealing",
        "Section 7: payloads of events sealed and opened, for the body of a header.");
  }

  @Override
  protected void cases(Cases to) throws Exception {
    byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
    to.add("the payload of section 20", seal(BODY, hello));
    to.add("an empty plaintext", seal(BODY, new byte[0]));
    byte[] epoch3 = HeaderBody.parseFrom(BODY).toBuilder()
        .setEpoch(3)
        .setCollection(Sealing.filledString(16, 7))
        .setSalt(Sealing.filledString(32, 0x12))
        .build()
        .toByteArray();
    to.add("another salt, collection and epoch", seal(epoch3, hello));
    byte[] payload = sealed(EPOCH_KEY, BODY, NONCE, hello);
    to.add("opened", open(EPOCH_KEY, BODY, payload));
    to.add("refused: another epoch key", open(Sealing.filled(32, 0x6c), BODY, payload));
    to.add("refused: the payload of another header", open(EPOCH_KEY, epoch3, payload));
    byte[] otherSeen =
        HeaderBody.parseFrom(BODY).toBuilder().setCounter(5).build().toByteArray();
    to.add("refused: another counter in the header", open(EPOCH_KEY, otherSeen, payload));
    byte[] flipped = payload.clone();
    flipped[14] ^= 0x10;
    to.add("refused: a bit flipped", open(EPOCH_KEY, BODY, flipped));
    to.add(
        "refused: a byte short", open(EPOCH_KEY, BODY, Arrays.copyOf(payload, payload.length - 1)));
    to.add("refused: shorter than nonce and tag", open(EPOCH_KEY, BODY, new byte[27]));
    to.add("refused: empty", open(EPOCH_KEY, BODY, new byte[0]));
  }

  private static Json seal(byte[] body, byte[] plaintext) {
    return Json.of("kind", "seal")
        .hex("epoch_key", EPOCH_KEY)
        .hex("body", body)
        .hex("nonce", NONCE)
        .hex("plaintext", plaintext);
  }

  private static Json open(byte[] epochKey, byte[] body, byte[] payload) {
    return Json.of("kind", "open")
        .hex("epoch_key", epochKey)
        .hex("body", body)
        .hex("payload", payload);
  }

  @Override
  protected Json expect(Inputs in) throws Exception {
    return switch (in.text("kind")) {
      case "seal" -> sealed(in);
      case "open" -> opened(in.hex("epoch_key"), in.hex("body"), in.hex("payload"));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json sealed(Inputs in) throws Exception {
    byte[] body = in.hex("body");
    byte[] payload = sealed(in.hex("epoch_key"), body, in.hex("nonce"), in.hex("plaintext"));
    Json opened = opened(in.hex("epoch_key"), body, payload);
    if (!opened.get().equals(Json.object().hex("plaintext", in.hex("plaintext")).get())) {
      throw new AssertionError("production code does not open what the formula seals");
    }
    return Json.object().hex("payload_key", key(in.hex("epoch_key"), body)).hex("payload", payload);
  }

  static byte[] sealed(byte[] epochKey, byte[] body, byte[] nonce, byte[] plaintext)
      throws GeneralSecurityException, InvalidProtocolBufferException {
    return Sealing.sealPayload(key(epochKey, body), nonce, plaintext, body);
  }

  private static byte[] key(byte[] epochKey, byte[] body)
      throws GeneralSecurityException, InvalidProtocolBufferException {
    HeaderBody fields = HeaderBody.parseFrom(body);
    return Sealing.payloadKey(
        epochKey,
        fields.getSalt().toByteArray(),
        fields.getCollection().toByteArray(),
        fields.getEpoch());
  }

  private static Json opened(byte[] epochKey, byte[] body, byte[] payload)
      throws FormatException, InvalidProtocolBufferException {
    HeaderBody fields = HeaderBody.parseFrom(body);
    EpochKey key = EpochKey.of(fields.getEpoch(), epochKey);
    FileHeader header = header(fields.getCollection(), fields.getEpoch(), fields);
    try {
      return Json.object().hex("plaintext", key.open(header, body, payload));
    } catch (FormatException e) {
      return Json.of("refused", "DOES_NOT_OPEN");
    }
  }

  private static FileHeader header(ByteString collection, int epoch, HeaderBody body)
      throws FormatException {
    return new FileHeader(
        body.getKind(),
        Optional.empty(),
        DeviceId.parse(body.getDevice()),
        body.getCounter(),
        Optional.empty(),
        new HybridTime(body.getHybridTime()),
        CollectionId.parse(collection),
        epoch,
        0,
        List.of(),
        SeenLog.nothing(),
        List.of(),
        0,
        body.getSalt(),
        Optional.empty(),
        0,
        0,
        List.of(),
        body.getKeyId(),
        0,
        Hash.of());
  }
}
