package dev.sealift.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Welcome;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WelcomeStatementTest {
  private static final SigningKey NOTARY = SampleFiles.NOTARY_KEY;
  private static final long TIME = SampleFiles.NEW_YEAR_MILLIS;
  private static final SpaceId SPACE =
      SampleFiles.genesis(SampleDevice.number(1)).space();
  private static final Handshake HANDSHAKE = connection(0x22, 0x33);
  private static final ByteString HEAD = head(5);
  private static final SignedIncarnation FIRST = incarnation(1);
  private static final SignedIncarnation SECOND = incarnation(2);
  private static final Welcome SAID = Welcome.newBuilder()
      .setKnown(true)
      .setSignedHead(HEAD)
      .setServerTimeMillis(TIME)
      .setRecoveringMillis(600_000)
      .addIncarnations(FIRST.exact())
      .addIncarnations(SECOND.exact())
      .build();
  private static final Welcome UNKNOWN =
      Welcome.newBuilder().setServerTimeMillis(TIME).build();

  private static Handshake connection(int clientNonce, int serverNonce) {
    return new Handshake(
        1,
        NOTARY.verifyingKey(),
        SPACE.byteString(),
        SampleFiles.filled(32, clientNonce),
        SampleFiles.filled(32, serverNonce));
  }

  private static ByteString head(long size) {
    TreeHead head = new TreeHead(SPACE, 0, size, Hash.of(), TIME);
    return SignedTreeHead.sign(head, NOTARY).byteString();
  }

  private static SignedIncarnation incarnation(int number) {
    return SignedIncarnation.sign(new Incarnation(SPACE, number, 3, Hash.of(), 4, TIME), NOTARY);
  }

  private static Welcome signed(Welcome said) throws FormatException {
    ByteString signature = WelcomeStatement.sign(HANDSHAKE, said, NOTARY).signature();
    return said.toBuilder().setSignature(signature).build();
  }

  /** Another program has to sign the same: if this test fails, the format has changed. */
  @Test
  void coversTheBytesThatTheSpecificationGives() throws FormatException {
    byte[] message = HexFormat.of()
        .parseHex("00000001"
            + NOTARY.verifyingKey()
            + SPACE
            + "22".repeat(32)
            + "33".repeat(32)
            + "01"
            + "0000019b76daa800"
            + "00000000000927c0"
            + Hash.of(HEAD.toByteArray())
            + Hash.of(FIRST.exact().toByteArray(), SECOND.exact().toByteArray()));
    byte[] signature = signed(SAID).getSignature().toByteArray();
    assertThat(NOTARY.verifyingKey().verify(SignatureContext.WELCOME, signature, message))
        .isTrue();
  }

  @Test
  void coversTheHashOfNothingWhereThereIsNothing() throws FormatException {
    byte[] message = HexFormat.of()
        .parseHex("00000001"
            + NOTARY.verifyingKey()
            + SPACE
            + "22".repeat(32)
            + "33".repeat(32)
            + "00"
            + "0000019b76daa800"
            + "00".repeat(8)
            + Hash.of()
            + Hash.of());
    byte[] signature = signed(UNKNOWN).getSignature().toByteArray();
    assertThat(NOTARY.verifyingKey().verify(SignatureContext.WELCOME, signature, message))
        .isTrue();
  }

  @Test
  void hasTheBytesThatTheSpecificationGives() throws FormatException {
    WelcomeStatement statement = WelcomeStatement.sign(HANDSHAKE, SAID, NOTARY);
    assertThat(HexFormat.of().formatHex(statement.encode().toByteArray()))
        .isEqualTo("01"
            + "00000001"
            + NOTARY.verifyingKey()
            + SPACE
            + "22".repeat(32)
            + "33".repeat(32)
            + "01"
            + "0000019b76daa800"
            + "00000000000927c0"
            + hex(HEAD)
            + "02"
            + hex(FIRST.exact())
            + hex(SECOND.exact())
            + hex(statement.signature()));
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  @Test
  void whatAWelcomeSaysIsThereToRead() throws FormatException {
    WelcomeStatement said = WelcomeStatement.check(HANDSHAKE, signed(SAID)).orElseThrow();
    assertThat(said.handshake()).isEqualTo(HANDSHAKE);
    assertThat(said.known()).isTrue();
    assertThat(said.signedHead().map(SignedTreeHead::byteString)).contains(HEAD);
    assertThat(said.serverTimeMillis()).isEqualTo(TIME);
    assertThat(said.recoveringMillis()).isEqualTo(600_000);
    assertThat(said.incarnations()).containsExactly(FIRST, SECOND);
    assertThat(said.verify()).isTrue();
  }

  @Test
  void isParsedBackToTheSame() throws FormatException {
    for (Welcome welcome : List.of(SAID, UNKNOWN, restoredAsOftenAsMayBe())) {
      WelcomeStatement statement = WelcomeStatement.sign(HANDSHAKE, welcome, NOTARY);
      WelcomeStatement parsed = WelcomeStatement.parse(statement.encode());
      assertThat(parsed).isEqualTo(statement).hasSameHashCodeAs(statement);
      assertThat(parsed.verify()).isTrue();
      assertThat(parsed.known()).isEqualTo(welcome.getKnown());
    }
  }

  @Test
  void isAsLongAsTheSpecificationSays() throws FormatException {
    assertThat(WelcomeStatement.MIN_BYTES).isEqualTo(215);
    assertThat(WelcomeStatement.MAX_BYTES).isEqualTo(10_412);
    assertThat(WelcomeStatement.sign(HANDSHAKE, UNKNOWN, NOTARY).encode().size())
        .isEqualTo(WelcomeStatement.MIN_BYTES);
    assertThat(WelcomeStatement.sign(HANDSHAKE, restoredAsOftenAsMayBe(), NOTARY)
            .encode()
            .size())
        .isEqualTo(WelcomeStatement.MAX_BYTES);
  }

  private static Welcome restoredAsOftenAsMayBe() {
    return restored(Limits.MAX_INCARNATIONS);
  }

  private static Welcome restored(int times) {
    return SAID.toBuilder()
        .clearIncarnations()
        .addAllIncarnations(Collections.nCopies(times, FIRST.exact()))
        .build();
  }

  static Stream<Welcome> otherWords() throws FormatException {
    Welcome good = signed(SAID);
    return Stream.of(
        good.toBuilder().clearKnown().clearSignedHead().build(),
        good.toBuilder().setSignedHead(head(4)).build(),
        good.toBuilder().setServerTimeMillis(TIME + 1).build(),
        good.toBuilder().setRecoveringMillis(0).build(),
        good.toBuilder().clearIncarnations().build(),
        good.toBuilder().clearIncarnations().addIncarnations(FIRST.exact()).build(),
        good.toBuilder()
            .setIncarnations(0, SECOND.exact())
            .setIncarnations(1, FIRST.exact())
            .build(),
        good.toBuilder().setIncarnations(1, incarnation(3).exact()).build(),
        good.toBuilder().clearSignature().build(),
        good.toBuilder().setSignature(good.getSignature().substring(1)).build(),
        good.toBuilder()
            .setSignature(good.getSignature().concat(ByteString.copyFrom(new byte[1])))
            .build(),
        good.toBuilder().setSignature(flipped(good.getSignature(), 9)).build());
  }

  @ParameterizedTest
  @MethodSource("otherWords")
  void whatTheNotaryDidNotSayIsNothing(Welcome other) throws FormatException {
    assertThat(WelcomeStatement.check(HANDSHAKE, other)).isEmpty();
  }

  @Test
  void hintsAndLimitsAreNotSigned() throws FormatException {
    Welcome other = signed(SAID).toBuilder()
        .setChainCounter(9)
        .setChainFile(SPACE.byteString())
        .setPutWindowBytes(1)
        .setMaxPutFiles(1)
        .setTakesCompactions(true)
        .build();
    assertThat(WelcomeStatement.check(HANDSHAKE, other)).isPresent();
  }

  @Test
  void whatWasSaidInAnotherConnectionIsNothing() throws FormatException {
    Welcome good = signed(SAID);
    List<Handshake> others = List.of(
        connection(0x23, 0x33),
        connection(0x22, 0x34),
        connection(0x33, 0x22),
        new Handshake(
            2,
            HANDSHAKE.notary(),
            HANDSHAKE.space(),
            HANDSHAKE.clientNonce(),
            HANDSHAKE.serverNonce()),
        new Handshake(
            1,
            HANDSHAKE.notary(),
            ByteString.EMPTY,
            HANDSHAKE.clientNonce(),
            HANDSHAKE.serverNonce()),
        new Handshake(
            1,
            SampleDevice.number(1).signing().verifyingKey(),
            HANDSHAKE.space(),
            HANDSHAKE.clientNonce(),
            HANDSHAKE.serverNonce()));
    for (Handshake other : others) {
      assertThat(WelcomeStatement.check(other, good)).as("%s", other).isEmpty();
    }
  }

  @Test
  void anotherKeyOrContextSignsNothing() throws FormatException {
    SigningKey stranger = SampleDevice.number(1).signing();
    ByteString byStranger = WelcomeStatement.sign(HANDSHAKE, SAID, stranger).signature();
    ByteString asChallenge = ByteString.copyFrom(HANDSHAKE.signAsNotary(NOTARY, TIME));
    for (ByteString signature : List.of(byStranger, asChallenge)) {
      assertThat(WelcomeStatement.check(
              HANDSHAKE, SAID.toBuilder().setSignature(signature).build()))
          .isEmpty();
    }
  }

  @Test
  void noBitMayFlip() throws FormatException {
    for (Welcome welcome : List.of(SAID, UNKNOWN)) {
      ByteString exact = WelcomeStatement.sign(HANDSHAKE, welcome, NOTARY).encode();
      for (int at = 0; at < exact.size(); at++) {
        for (int bit = 0; bit < 8; bit++) {
          byte[] bytes = exact.toByteArray();
          bytes[at] ^= (byte) (1 << bit);
          assertThat(isAccepted(ByteString.copyFrom(bytes)))
              .as("bit %d of byte %d", bit, at)
              .isFalse();
        }
      }
    }
  }

  @Test
  void noByteMayBeMissingOrTooMany() throws FormatException {
    for (Welcome welcome : List.of(SAID, UNKNOWN)) {
      ByteString exact = WelcomeStatement.sign(HANDSHAKE, welcome, NOTARY).encode();
      for (int size = 0; size < exact.size(); size++) {
        ByteString cut = exact.substring(0, size);
        assertThatThrownBy(() -> WelcomeStatement.parse(cut)).isInstanceOf(FormatException.class);
      }
      ByteString longer = exact.concat(ByteString.copyFrom(new byte[1]));
      assertThatThrownBy(() -> WelcomeStatement.parse(longer)).isInstanceOf(FormatException.class);
    }
  }

  private static boolean isAccepted(ByteString bytes) {
    try {
      return WelcomeStatement.parse(bytes).verify();
    } catch (FormatException e) {
      return false;
    }
  }

  static Stream<Welcome> malformed() {
    return Stream.of(
        SAID.toBuilder().clearKnown().build(),
        SAID.toBuilder().clearSignedHead().build(),
        SAID.toBuilder().setSignedHead(HEAD.substring(1)).build(),
        SAID.toBuilder().setSignedHead(flipped(HEAD, 0)).build(),
        SAID.toBuilder().setServerTimeMillis(HybridTime.MAX_MILLIS + 1).build(),
        SAID.toBuilder().setServerTimeMillis(-1).build(),
        SAID.toBuilder().setRecoveringMillis(HybridTime.MAX_MILLIS + 1).build(),
        SAID.toBuilder().setRecoveringMillis(-1).build(),
        SAID.toBuilder().setIncarnations(0, FIRST.exact().substring(1)).build(),
        SAID.toBuilder().addIncarnations(ByteString.EMPTY).build(),
        restored(Limits.MAX_INCARNATIONS + 1));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedWelcomeIsNeitherSignedNorChecked(Welcome malformed) {
    assertThatThrownBy(() -> WelcomeStatement.sign(HANDSHAKE, malformed, NOTARY))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> WelcomeStatement.check(HANDSHAKE, malformed))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void theLatestTimesAreWellFormed() throws FormatException {
    Welcome last = SAID.toBuilder()
        .setServerTimeMillis(HybridTime.MAX_MILLIS)
        .setRecoveringMillis(HybridTime.MAX_MILLIS)
        .build();
    assertThat(WelcomeStatement.check(HANDSHAKE, signed(last))).isPresent();
  }

  @Test
  void aKeyThatAnyoneCanSignForIsNoNotary() throws FormatException {
    byte[] exact = WelcomeStatement.sign(HANDSHAKE, UNKNOWN, NOTARY).encode().toByteArray();
    Arrays.fill(exact, 5, 37, (byte) 0);
    assertThatThrownBy(() -> WelcomeStatement.parse(ByteString.copyFrom(exact)))
        .isInstanceOf(FormatException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 63, 65})
  void aStatementHasAWholeSignature(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WelcomeStatement(
            HANDSHAKE, Optional.empty(), TIME, 0, List.of(), SampleFiles.filled(length, 1)));
  }

  private static ByteString flipped(ByteString bytes, int at) {
    byte[] copy = bytes.toByteArray();
    copy[at] ^= 1;
    return ByteString.copyFrom(copy);
  }
}
