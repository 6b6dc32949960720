package dev.sealift.protocol.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Seen;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignedHeaderTest {
  private static final int TRAILER_BYTES = 4 + 32 + 64;

  private final SampleDevice author = SampleDevice.number(1);
  private final SignedHeader genesis = SampleFiles.genesis(author);
  private final SignedHeader events = SampleFiles.sign(
      SampleFiles.later(SampleFiles.eventsBody(author, genesis.space()))
          .setSeen(Seen.newBuilder().setSequence(9).setRoot(SampleFiles.filled(32, 0x22)))
          .addBuildsOn(Dot.newBuilder()
              .setDevice(SampleFiles.filled(32, 0x44))
              .setCounter(300)
              .setFile(SampleFiles.filled(32, 0x66))),
      author);

  /** A space is named by these bytes for ever: if this test fails, the format has changed. */
  @Test
  void aGenesisHasTheBytesThatTheSpecificationGives() {
    assertThat(HexFormat.of().formatHex(genesis.toByteArray()))
        .isEqualTo("0801100322209214765f93a4e21fb10182f099f8823cc6ece820dc26ecdd1f89"
            + "010e1476babb280139070000a8da769b01421000000000000000000000000000"
            + "000000480162221220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b93"
            + "4ca495991b7852b8557a20111111111111111111111111111111111111111111"
            + "11111111111111111111118201b6011ab3010a440a208a88e3dd7409f195fd52"
            + "db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c12204141414141414141"
            + "4141414141414141414141414141414141414141414141411210818181818181"
            + "818181818181818181811a20c853ad0f0cd2b619aea92ceec4fd56a24d6499d5"
            + "84ce79257e45cfd8139b60a722151080b0f1fb1c188090fbd30920e0a7122880"
            + "b899292a20555555555555555555555555555555555555555555555555555555"
            + "555555555500000006c9d0036bed6744bcdf692fc980d8717d7e5f5a4f4e8266"
            + "b4a84982602fb1cd09af4cb0177bfb05469ad5ed072fd8918b08abcdbb18639d"
            + "a881b7eaa9542ad59e188247a6802c0cc756dcceff0e7b3440dc691ff7e6c10d"
            + "74f2bc522b4f170b07");
    assertThat(genesis.id())
        .hasToString("460d3e2efcf25b838acf6e040e2a710e52297e2f22e38046732118f69a7b5e8d");
  }

  /** Files are kept for ever: if this test fails, the format has changed. */
  @Test
  void aFileOfEventsHasTheBytesThatTheSpecificationGives() {
    assertThat(HexFormat.of().formatHex(events.toByteArray()))
        .isEqualTo("080110011a20460d3e2efcf25b838acf6e040e2a710e52297e2f22e380467321"
            + "18f69a7b5e8d22209214765f93a4e21fb10182f099f8823cc6ece820dc26ecdd"
            + "1f89010e1476babb280432203333333333333333333333333333333333333333"
            + "33333333333333333333333339070000a8da769b014210000000000000000000"
            + "0000000000000048016224080912202222222222222222222222222222222222"
            + "2222222222222222222222222222226a470a2044444444444444444444444444"
            + "4444444444444444444444444444444444444410ac021a206666666666666666"
            + "6666666666666666666666666666666666666666666666667a20111111111111"
            + "111111111111111111111111111111111111111111111111111100000006c9d0"
            + "036bed6744bcdf692fc980d8717d7e5f5a4f4e8266b4a84982602fb1cd09f722"
            + "bff4eafc573837a8b5c8a2c11569d336f04de7d61d4c956393ca24304853ff6d"
            + "56b08f0d6e48bb51ae341d401bdd54d37280dbf7f2ec4c0056ebc876f80b");
    assertThat(events.id())
        .hasToString("aa7eb9d3802e9aeb619f7525b43604abc1fda1e0cad59d0e027daee225dc9000");
  }

  @Test
  void saysWhatItsAuthorWrote() throws FormatException {
    FileHeader header = SignedHeader.parse(events.toByteArray()).header();
    assertThat(header.kind()).isEqualTo(FileKind.FILE_KIND_EVENTS);
    assertThat(header.isGenesis()).isFalse();
    assertThat(header.space()).contains(genesis.space());
    assertThat(header.device()).isEqualTo(author.id());
    assertThat(header.counter()).isEqualTo(4);
    assertThat(header.previous().orElseThrow()).hasToString("33".repeat(32));
    assertThat(header.time()).isEqualTo(HybridTime.of(SampleFiles.NEW_YEAR_MILLIS, 7));
    assertThat(header.collection()).isEqualTo(CollectionId.main());
    assertThat(header.epoch()).isEqualTo(1);
    assertThat(header.generation()).isZero();
    assertThat(header.supersedes()).isEmpty();
    assertThat(header.seen().sequence()).isEqualTo(9);
    assertThat(header.seen().root()).hasToString("22".repeat(32));
    assertThat(header.buildsOn()).hasSize(1);
    assertThat(header.buildsOn().get(0).counter()).isEqualTo(300);
    assertThat(header.expiresAtMillis()).isZero();
    assertThat(header.salt()).isEqualTo(SampleFiles.filled(32, 0x11));
    assertThat(header.membership()).isEmpty();
    assertThat(header.payloadLength()).isEqualTo(SampleFiles.PAYLOAD.length);
    assertThat(header.payloadHash()).isEqualTo(Hash.of(SampleFiles.PAYLOAD));
  }

  @Test
  void aGenesisNamesItsSpaceByItsOwnHash() {
    assertThat(genesis.header().isGenesis()).isTrue();
    assertThat(genesis.header().space()).isEmpty();
    assertThat(genesis.space().toByteArray()).isEqualTo(genesis.id().toByteArray());
    assertThat(genesis.id().toByteArray())
        .isEqualTo(Hash.of(genesis.toByteArray()).toByteArray());
  }

  @Test
  void theFirstFileOfAChainHasNoneBeforeIt() {
    SignedHeader first = SampleFiles.sign(SampleFiles.eventsBody(author, genesis.space()), author);
    assertThat(first.header().previous()).isEqualTo(Optional.empty());
  }

  @Test
  void verifiesUnderItsAuthorsKeyAndItsOwnContextOnly() throws FormatException {
    assertThat(events.verify(author.signing().verifyingKey())).isTrue();
    assertThat(events.verify(SampleDevice.number(2).signing().verifyingKey())).isFalse();
    byte[] moved = events.toByteArray();
    byte[] unsigned = Arrays.copyOf(moved, moved.length - 64);
    byte[] elsewhere = author.signing().sign(SignatureContext.JOIN, unsigned);
    System.arraycopy(elsewhere, 0, moved, unsigned.length, elsewhere.length);
    assertThat(SignedHeader.parse(moved).verify(author.signing().verifyingKey()))
        .isFalse();
  }

  @Test
  void noBitOfAnyByteMayFlip() {
    for (SignedHeader good : List.of(genesis, events)) {
      for (int at = 0; at < good.toByteArray().length; at++) {
        byte[] flipped = good.toByteArray();
        flipped[at] ^= (byte) (1 << at % 8);
        assertThat(isAccepted(flipped)).as("byte %d", at).isFalse();
      }
    }
  }

  @Test
  void noByteMayBeMissingOrAdded() {
    byte[] good = events.toByteArray();
    for (int length = 0; length < good.length; length++) {
      assertThat(isAccepted(Arrays.copyOf(good, length))).as("first %d", length).isFalse();
      assertThat(isAccepted(Arrays.copyOfRange(good, good.length - length, good.length)))
          .as("last %d", length)
          .isFalse();
    }
    assertThat(isAccepted(Arrays.copyOf(good, good.length + 1))).isFalse();
  }

  @Test
  void thePayloadIsBoundToTheBodyAlone() throws FormatException {
    byte[] bytes = events.toByteArray();
    assertThat(events.associatedData())
        .isEqualTo(Arrays.copyOf(bytes, bytes.length - TRAILER_BYTES));
    SignedHeader otherPayload = SignedHeader.sign(
        ByteString.copyFrom(events.associatedData()), new byte[] {9}, author.signing());
    assertThat(otherPayload.associatedData()).isEqualTo(events.associatedData());
    assertThat(otherPayload.id()).isNotEqualTo(events.id());
  }

  @Test
  void fieldsOfANewerVersionStayInTheBytesAndUnderTheSignature() throws FormatException {
    HeaderBody newer = SampleFiles.eventsBody(author, genesis.space())
        .setUnknownFields(unknown(ByteString.copyFromUtf8("from a newer version")))
        .build();
    SignedHeader signed = SignedHeader.sign(newer, SampleFiles.PAYLOAD, author.signing());
    SignedHeader parsed = SignedHeader.parse(signed.toByteArray());
    assertThat(parsed.toByteArray()).isEqualTo(signed.toByteArray());
    assertThat(parsed.associatedData()).isEqualTo(newer.toByteArray());
    assertThat(parsed.verify(author.signing().verifyingKey())).isTrue();
  }

  /** Another encoder may order fields as it likes: what was signed is what counts. */
  @Test
  void bytesAreNeverEncodedAnew() throws FormatException {
    ByteString body = SampleFiles.eventsBody(author, genesis.space()).build().toByteString();
    ByteString versionTwice =
        HeaderBody.newBuilder().setVersion(1).build().toByteString().concat(body);
    SignedHeader signed = SignedHeader.sign(versionTwice, SampleFiles.PAYLOAD, author.signing());
    assertThat(signed.associatedData()).isEqualTo(versionTwice.toByteArray());
    assertThat(signed.verify(author.signing().verifyingKey())).isTrue();
  }

  @Test
  void theLargestHeaderIsTakenAndOneByteMoreIsNot() throws FormatException {
    int room = Limits.MAX_SIGNED_HEADER_BYTES;
    assertThat(padded(room).toByteArray()).hasSize(room);
    assertThatThrownBy(() -> padded(room + 1))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("bytes long");
  }

  @Test
  void theLargestPayloadIsTakenAndOneByteMoreIsNot() throws FormatException {
    HeaderBody body = SampleFiles.eventsBody(author, genesis.space()).build();
    SignedHeader largest =
        SignedHeader.sign(body, new byte[Limits.MAX_PAYLOAD_BYTES], author.signing());
    assertThat(largest.header().payloadLength()).isEqualTo(Limits.MAX_PAYLOAD_BYTES);
    byte[] tooLarge = new byte[Limits.MAX_PAYLOAD_BYTES + 1];
    assertThatThrownBy(() -> SignedHeader.sign(body, tooLarge, author.signing()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("payload");
  }

  @Test
  void aPayloadLengthIsUnsigned() {
    byte[] bytes = events.toByteArray();
    Arrays.fill(bytes, bytes.length - TRAILER_BYTES, bytes.length - TRAILER_BYTES + 4, (byte) 0xff);
    assertThatThrownBy(() -> SignedHeader.parse(bytes))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("payload");
  }

  @Test
  void isItsBytes() throws FormatException {
    SignedHeader again = SignedHeader.parse(events.byteString());
    assertThat(again).isEqualTo(events).hasSameHashCodeAs(events).isNotEqualTo(genesis);
    assertThat(again).hasToString("file " + events.id());
  }

  @Test
  void whatIsHandedInAndOutIsCopied() throws FormatException {
    byte[] bytes = events.toByteArray();
    SignedHeader parsed = SignedHeader.parse(bytes);
    bytes[0] ^= 1;
    parsed.toByteArray()[0] ^= 1;
    parsed.associatedData()[0] ^= 1;
    assertThat(parsed).isEqualTo(events);
    assertThat(parsed.verify(author.signing().verifyingKey())).isTrue();
  }

  /** Fields one inside the other, deeper than any message of ours: parsing stops before the stack does. */
  @Test
  void deepNestingIsRefused() {
    byte[] startGroups = SampleDevice.filled(10_000, 0x0b + 8 * 20);
    byte[] bytes = Arrays.copyOf(startGroups, startGroups.length + TRAILER_BYTES);
    assertThatThrownBy(() -> SignedHeader.parse(bytes)).isInstanceOf(FormatException.class);
  }

  @Test
  void aSpaceIsNamedByItsGenesisOnly() throws FormatException {
    assertThat(events.space()).isEqualTo(SpaceId.of(genesis.id().toByteArray()));
  }

  private SignedHeader padded(int totalBytes) throws FormatException {
    HeaderBody.Builder body = SampleFiles.eventsBody(author, genesis.space());
    int before = body.build().getSerializedSize() + TRAILER_BYTES;
    int tagAndLength = 2 + 3;
    ByteString filling = SampleFiles.filled(totalBytes - before - tagAndLength, 1);
    HeaderBody filled = body.setUnknownFields(unknown(filling)).build();
    return SignedHeader.sign(filled, SampleFiles.PAYLOAD, author.signing());
  }

  private static UnknownFieldSet unknown(ByteString value) {
    int unused = 1000;
    return UnknownFieldSet.newBuilder()
        .addField(
            unused, UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build())
        .build();
  }

  private boolean isAccepted(byte[] bytes) {
    try {
      return SignedHeader.parse(bytes).verify(author.signing().verifyingKey());
    } catch (FormatException refused) {
      return false;
    }
  }
}
