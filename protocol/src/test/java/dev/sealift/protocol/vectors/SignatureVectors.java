package dev.sealift.protocol.vectors;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

final class SignatureVectors extends VectorFile {
  private static final List<String> SMALL_ORDER = List.of(
      "00".repeat(32),
      "01" + "00".repeat(31),
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "ec" + "ff".repeat(30) + "7f",
      "ed" + "ff".repeat(30) + "7f",
      "ee" + "ff".repeat(30) + "7f");
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final SigningKey KEY = SampleDevice.number(1).signing();
  private static final byte[] PART = {1, 2, 3};

  SignatureVectors() {
    super("signatures", "Section 4: Ed25519 signatures over context, 00 and parts.");
  }

  @Override
  protected void cases(Cases to) {
    for (SignatureContext context : SignatureContext.values()) {
      to.add(
          "signed as " + text(context),
          Json.of("kind", "sign")
              .text("context", text(context))
              .hex("seed", KEY.seed())
              .list("parts", List.of(PART, new byte[] {0}, utf8("part")), Json::hex));
    }
    byte[] good = KEY.sign(SignatureContext.JOIN, PART);
    byte[] key = KEY.verifyingKey().toByteArray();
    to.add("a good signature", verify(SignatureContext.JOIN, key, good));
    to.add("refused: another context", verify(SignatureContext.FILE_HEADER, key, good));
    to.add("refused: a bit of R flipped", verify(SignatureContext.JOIN, key, flipped(good, 3)));
    to.add("refused: a bit of S flipped", verify(SignatureContext.JOIN, key, flipped(good, 40)));
    to.add(
        "refused: another key",
        verify(
            SignatureContext.JOIN,
            SampleDevice.number(2).signing().verifyingKey().toByteArray(),
            good));
    to.add(
        "refused: S not below the order",
        "S plus the order of the group: the same equation holds, but one signature must not have two forms.",
        verify(SignatureContext.JOIN, key, withOrderAdded(good)));
    to.add("refused: cut short", verify(SignatureContext.JOIN, key, Arrays.copyOf(good, 63)));
    to.add("refused: a byte too long", verify(SignatureContext.JOIN, key, Arrays.copyOf(good, 65)));
    CofactorVector.add(to);
    smallOrder(to);
    to.add(
        "refused: a key that is no point is well-formed, but nothing verifies",
        verify(SignatureContext.JOIN, HexFormat.of().parseHex("02" + "00".repeat(31)), good));
    to.add("malformed: a key of 31 bytes", verify(SignatureContext.JOIN, new byte[31], good));
  }

  /** R is the neutral element and S is 0: with a key of small order this holds for one message in eight, or for all. */
  private static void smallOrder(Cases to) {
    byte[] forged = new byte[64];
    forged[0] = 1;
    for (String hex : SMALL_ORDER) {
      byte[] key = HexFormat.of().parseHex(hex);
      byte[] otherSign = key.clone();
      otherSign[31] ^= (byte) 0x80;
      to.add("malformed: small order " + hex, verify(SignatureContext.JOIN, key, forged));
      to.add(
          "malformed: small order " + hex + ", other sign",
          verify(SignatureContext.JOIN, otherSign, forged));
    }
  }

  static Json verify(SignatureContext context, byte[] key, byte[] signature) {
    return verify(context, key, signature, PART);
  }

  static Json verify(SignatureContext context, byte[] key, byte[] signature, byte[] part) {
    return Json.of("kind", "verify")
        .text("context", text(context))
        .hex("public_key", key)
        .list("parts", List.of(part), Json::hex)
        .hex("signature", signature);
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    SignatureContext context = context(in.text("context"));
    byte[][] parts = in.list("parts", Inputs::hex).toArray(byte[][]::new);
    return switch (in.text("kind")) {
      case "sign" -> signed(SigningKey.fromSeed(in.hex("seed")), context, parts);
      case "verify" ->
        VerifyingKey.of(in.hex("public_key")).verify(context, in.hex("signature"), parts)
            ? Json.object().bool("good", true)
            : Json.of("refused", "BAD_SIGNATURE");
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json signed(SigningKey key, SignatureContext context, byte[][] parts) {
    byte[] signature = key.sign(context, parts);
    if (!key.verifyingKey().verify(context, signature, parts)) {
      throw new AssertionError("a key does not verify what it signed");
    }
    return Json.object()
        .hex("public_key", key.verifyingKey().byteString())
        .hex("signature", signature);
  }

  private static String text(SignatureContext context) {
    return "sealift.v1 " + context.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static SignatureContext context(String text) {
    return Arrays.stream(SignatureContext.values())
        .filter(context -> text(context).equals(text))
        .findAny()
        .orElseThrow(() -> new BadVectorException("an unknown context"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] flipped(byte[] bytes, int place) {
    byte[] flipped = bytes.clone();
    flipped[place] ^= 0x10;
    return flipped;
  }

  private static byte[] withOrderAdded(byte[] signature) {
    BigInteger s = littleEndian(Arrays.copyOfRange(signature, 32, 64)).add(ORDER);
    byte[] rewritten = signature.clone();
    System.arraycopy(littleEndian(s), 0, rewritten, 32, 32);
    return rewritten;
  }

  static BigInteger littleEndian(byte[] bytes) {
    return new BigInteger(1, reversed(bytes));
  }

  static byte[] littleEndian(BigInteger number) {
    byte[] bigEndian = number.toByteArray();
    byte[] padded = new byte[32];
    int from = Math.max(0, bigEndian.length - 32);
    System.arraycopy(
        bigEndian, from, padded, 32 - (bigEndian.length - from), bigEndian.length - from);
    return reversed(padded);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
