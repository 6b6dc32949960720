package dev.sealift.protocol.vectors;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.Handshake;
import dev.sealift.protocol.wire.WelcomeStatement;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.Messages;
import dev.sealift.vectors.VectorFile;
import java.util.Arrays;
import java.util.Collections;

final class WelcomeVectors extends VectorFile {
  private static final SigningKey NOTARY = SampleFiles.NOTARY_KEY;
  private static final SpaceId SPACE =
      SampleFiles.genesis(SampleDevice.number(1)).space();
  private static final Handshake HANDSHAKE = connection(0x33);
  private static final int VERSION_AT = 0;
  private static final int NOTARY_AT = 5;
  private static final int CLIENT_NONCE_AT = 69;
  private static final int KNOWN_AT = 133;
  private static final int TIME_AT = 134;
  private static final int HEAD_AT = 150;
  private static final int COUNT_AT = 299;

  private static final Welcome KNOWN = Welcome.newBuilder()
      .setKnown(true)
      .setSignedHead(head(5))
      .setServerTimeMillis(SampleFiles.NEW_YEAR_MILLIS)
      .build();
  private static final Welcome UNKNOWN =
      Welcome.newBuilder().setServerTimeMillis(SampleFiles.NEW_YEAR_MILLIS).build();
  private static final Welcome RECOVERING = KNOWN.toBuilder()
      .setRecoveringMillis(600_000)
      .addIncarnations(incarnation(1))
      .addIncarnations(incarnation(7))
      .build();

  WelcomeVectors() {
    super(
        "welcomes",
        "Sections 4 and 13: what the notary signs of a Welcome, and its statement, by which a third party can check it.");
  }

  private static Handshake connection(int serverNonce) {
    return new Handshake(
        1, SampleFiles.NOTARY, SPACE.byteString(), filled(0x22), filled(serverNonce));
  }

  private static ByteString head(long size) {
    TreeHead head =
        new TreeHead(SPACE, 0, size, CompactTree.EMPTY_ROOT, SampleFiles.NEW_YEAR_MILLIS);
    return SignedTreeHead.sign(head, NOTARY).byteString();
  }

  private static ByteString incarnation(int number) {
    Incarnation begun =
        new Incarnation(SPACE, number, 3, CompactTree.EMPTY_ROOT, 4, SampleFiles.NEW_YEAR_MILLIS);
    return SignedIncarnation.sign(begun, NOTARY).exact();
  }

  @Override
  protected void cases(Cases to) throws FormatException {
    to.add("the log's present head", sign(KNOWN));
    to.add("a space that is not known", sign(UNKNOWN));
    to.add("a mesh that recovers for the third time", sign(RECOVERING));
    to.add(
        "a mesh that recovers what it does not know",
        sign(UNKNOWN.toBuilder().setRecoveringMillis(1).build()));
    to.add(
        "the latest times",
        sign(KNOWN.toBuilder()
            .setServerTimeMillis(HybridTime.MAX_MILLIS)
            .setRecoveringMillis(HybridTime.MAX_MILLIS)
            .build()));
    malformedToSign(to);
    checks(to);
    statements(to);
  }

  private static void malformedToSign(Cases to) {
    to.add(
        "malformed: known, and no head",
        sign(KNOWN.toBuilder().clearSignedHead().build()));
    to.add(
        "malformed: a head, and not known", sign(KNOWN.toBuilder().clearKnown().build()));
    to.add(
        "malformed: a head a byte short",
        sign(KNOWN.toBuilder().setSignedHead(head(5).substring(1)).build()));
    to.add(
        "malformed: an incarnation a byte short",
        sign(RECOVERING.toBuilder()
            .setIncarnations(1, incarnation(7).substring(1))
            .build()));
    to.add("malformed: 65 incarnations", sign(restored(Limits.MAX_INCARNATIONS + 1)));
    to.add(
        "malformed: a server time of 2^48",
        sign(KNOWN.toBuilder().setServerTimeMillis(1L << 48).build()));
    to.add(
        "malformed: recovering for 2^64 - 1 milliseconds",
        sign(KNOWN.toBuilder().setRecoveringMillis(-1).build()));
  }

  private static Welcome restored(int times) {
    return RECOVERING.toBuilder()
        .clearIncarnations()
        .addAllIncarnations(Collections.nCopies(times, incarnation(1)))
        .build();
  }

  private static void checks(Cases to) throws FormatException {
    Welcome good = signed(RECOVERING);
    to.add("a good Welcome", check(HANDSHAKE, good));
    to.add("a good Welcome of a space that is not known", check(HANDSHAKE, signed(UNKNOWN)));
    to.add("refused: a Welcome of another connection", check(connection(0x34), good));
    to.add(
        "refused: an older head",
        check(HANDSHAKE, good.toBuilder().setSignedHead(head(4)).build()));
    to.add(
        "refused: said to be not known",
        check(HANDSHAKE, good.toBuilder().clearKnown().clearSignedHead().build()));
    to.add(
        "refused: another server time",
        check(
            HANDSHAKE,
            good.toBuilder()
                .setServerTimeMillis(SampleFiles.NEW_YEAR_MILLIS + 1)
                .build()));
    to.add(
        "refused: said not to recover",
        check(HANDSHAKE, good.toBuilder().clearRecoveringMillis().build()));
    to.add(
        "refused: an incarnation left out",
        check(
            HANDSHAKE,
            good.toBuilder().clearIncarnations().addIncarnations(incarnation(1)).build()));
    to.add(
        "refused: incarnations in another order",
        check(
            HANDSHAKE,
            good.toBuilder()
                .setIncarnations(0, incarnation(7))
                .setIncarnations(1, incarnation(1))
                .build()));
    to.add("refused: no signature", check(HANDSHAKE, RECOVERING));
    to.add(
        "refused: a signature cut short",
        check(
            HANDSHAKE,
            good.toBuilder().setSignature(good.getSignature().substring(0, 63)).build()));
    to.add(
        "malformed: a signed Welcome that says that it is not known and has a head",
        check(HANDSHAKE, good.toBuilder().clearKnown().build()));
  }

  private static void statements(Cases to) throws FormatException {
    to.add("read: the log's present head", read(statement(KNOWN)));
    to.add("read: a space that is not known", read(statement(UNKNOWN)));
    to.add("read: a mesh that recovers for the third time", read(statement(RECOVERING)));
    to.add("read: the longest", read(statement(restored(Limits.MAX_INCARNATIONS))));
    byte[] good = statement(RECOVERING);
    to.add("refused: a nonce of another connection", read(flipped(good, CLIENT_NONCE_AT)));
    to.add("refused: a statement of another time", read(flipped(good, TIME_AT + 7)));
    to.add("refused: a bit of the signature flipped", read(flipped(good, good.length - 1)));
    to.add("malformed: another first byte", read(flipped(good, VERSION_AT)));
    to.add("malformed: known is 17", read(flipped(good, KNOWN_AT)));
    to.add("malformed: a statement of a server time of 2^60", read(flipped(good, TIME_AT)));
    to.add("malformed: a head of another format", read(flipped(good, HEAD_AT)));
    to.add("malformed: more incarnations than are there", read(flipped(good, COUNT_AT)));
    byte[] anyonesKey = good.clone();
    System.arraycopy(new byte[32], 0, anyonesKey, NOTARY_AT, 32);
    to.add("malformed: a notary of small order", read(anyonesKey));
    to.add("malformed: a byte short", read(Arrays.copyOf(good, good.length - 1)));
    to.add("malformed: a byte long", read(Arrays.copyOf(good, good.length + 1)));
    to.add("malformed: nothing", read(new byte[0]));
  }

  private static Json sign(Welcome welcome) {
    return Json.of("kind", "sign")
        .u32("version", 1)
        .text("space", SPACE.toString())
        .hex("client_nonce", filled(0x22))
        .hex("server_nonce", filled(0x33))
        .json("welcome", Messages.toJson(welcome))
        .hex("notary_seed", NOTARY.seed());
  }

  private static Json check(Handshake handshake, Welcome welcome) {
    return handshake(Json.of("kind", "check"), handshake).json("welcome", Messages.toJson(welcome));
  }

  private static Json read(byte[] statement) {
    return Json.of("kind", "read").hex("statement", statement);
  }

  private static Welcome signed(Welcome said) throws FormatException {
    return said.toBuilder()
        .setSignature(WelcomeStatement.sign(HANDSHAKE, said, NOTARY).signature())
        .build();
  }

  private static byte[] statement(Welcome said) throws FormatException {
    return WelcomeStatement.sign(HANDSHAKE, said, NOTARY).encode().toByteArray();
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= 0x10;
    return flipped;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "sign" -> signed(in);
      case "check" -> checked(in);
      case "read" -> read(in);
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json signed(Inputs in) throws FormatException {
    SigningKey notary = SigningKey.fromSeed(in.hex("notary_seed"));
    WelcomeStatement said =
        WelcomeStatement.sign(handshake(in, notary.verifyingKey()), welcome(in), notary);
    return Json.object()
        .hex("notary", notary.verifyingKey().byteString())
        .hex("signature", said.signature())
        .hex("statement", said.encode());
  }

  private static Json checked(Inputs in) throws FormatException {
    Handshake handshake = handshake(in, VerifyingKey.of(in.hex("notary")));
    return WelcomeStatement.check(handshake, welcome(in))
        .map(said -> Json.object().hex("statement", said.encode()))
        .orElseGet(() -> Json.of("refused", "BAD_SIGNATURE"));
  }

  private static Json read(Inputs in) throws FormatException {
    WelcomeStatement said = WelcomeStatement.parse(in.bytes("statement"));
    if (!said.verify()) {
      return Json.of("refused", "BAD_SIGNATURE");
    }
    Welcome.Builder welcome = Welcome.newBuilder()
        .setKnown(said.known())
        .setServerTimeMillis(said.serverTimeMillis())
        .setRecoveringMillis(said.recoveringMillis())
        .setSignature(said.signature());
    said.signedHead().ifPresent(head -> welcome.setSignedHead(head.byteString()));
    said.incarnations().forEach(begun -> welcome.addIncarnations(begun.exact()));
    return handshake(Json.object(), said.handshake())
        .json("welcome", Messages.toJson(welcome.build()));
  }

  private static Welcome welcome(Inputs in) {
    return Messages.fromJson(in.json("welcome"), Welcome.newBuilder()).build();
  }

  private static Handshake handshake(Inputs in, VerifyingKey notary) {
    return new Handshake(
        in.u32("version"),
        notary,
        in.bytes("space"),
        in.bytes("client_nonce"),
        in.bytes("server_nonce"));
  }

  private static Json handshake(Json to, Handshake handshake) {
    return to.u32("version", handshake.version())
        .hex("notary", handshake.notary().byteString())
        .hex("space", handshake.space())
        .hex("client_nonce", handshake.clientNonce())
        .hex("server_nonce", handshake.serverNonce());
  }

  private static ByteString filled(int fill) {
    return SampleFiles.filled(32, fill);
  }
}
