package dev.sealift.client.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.FileKind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** The bytes that keys come to, for ever: what was sealed yesterday must open tomorrow, also by somebody else's code. */
class KeysTest {
  private static final ByteString COLLECTION = ByteString.copyFrom(counting(0x40, 16));
  private static final ByteString OTHER = ByteString.copyFrom(counting(0x41, 16));
  private static final ByteString SALT = ByteString.copyFrom(counting(0x80, 32));
  private static final byte[] BODY = "body".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PLAINTEXT = "plaintext".getBytes(StandardCharsets.US_ASCII);
  private static final String COMMITMENT =
      "e6fad969fa752bd4d695380c583230ec955bda3a72ebd499d33cc44eb72bf813";
  private static final String COMMITMENT_OF_EPOCH_2 =
      "3213856e5c69035ccdddd9ac104a7a3d88943154f88b7d8cfa66c996dd54d302";
  private static final String PAYLOAD_OF_EPOCH_3 =
      "4dfb8bb107ab3c90a851a437b54f7936246f3a4dff7e82d8d3d497ba797366aa3a96fa9182";
  private static final String SEALED_IN_EPOCH_7 =
      "c7543384b66761e0d066f13a29cd5c4b6914a937e4f8d921fdcafac6af19ed6c"
          + "8f02f123ddfe1668431ff316182e008ed72910df0463ce8d20e64460c386f476"
          + "b1fdab8b024ba84d1c5410a9ab2c1187";

  private final EpochKey key = epochKey(1);
  private final DeviceKeyPair device = device(counting(0, 64));

  private static byte[] counting(int from, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (from + i);
    }
    return bytes;
  }

  private static EpochKey epochKey(int epoch) {
    try {
      return EpochKey.of(epoch, counting(0, 32));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static DeviceKeyPair device(byte[] secret) {
    try {
      return DeviceKeyPair.of(secret);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private FileHeader header(ByteString salt, ByteString collection, int epoch)
      throws FormatException {
    return new FileHeader(
        FileKind.FILE_KIND_EVENTS,
        Optional.empty(),
        device.id(),
        1,
        Optional.empty(),
        HybridTime.ZERO,
        CollectionId.parse(collection),
        epoch,
        0,
        List.of(),
        SeenLog.nothing(),
        List.of(),
        0,
        salt,
        Optional.empty(),
        0,
        0,
        List.of(),
        ByteString.EMPTY,
        0,
        Hash.of());
  }

  // Epoch keys

  @Test
  void aCommitmentIsTheseBytes() {
    assertThat(key.commitment(COLLECTION).toByteArray()).isEqualTo(bytes(COMMITMENT));
    assertThat(epochKey(2).commitment(COLLECTION).toByteArray())
        .isEqualTo(bytes(COMMITMENT_OF_EPOCH_2));
    assertThat(key.commitment(OTHER).toByteArray()).isNotEqualTo(bytes(COMMITMENT));
  }

  /** HKDF once more, written out from RFC 5869, so that the bytes above are not only what our library makes of them. */
  @Test
  void aCommitmentIsTheHkdfThatTheSpecificationSays() throws GeneralSecurityException {
    byte[] extracted = hmac(new byte[32], counting(0, 32));
    ByteString info = ByteString.copyFrom(
            "sealift.v1 epoch commitment\0", StandardCharsets.US_ASCII)
        .concat(COLLECTION)
        .concat(ByteString.copyFrom(new byte[] {0, 0, 0, 1, 1}));
    assertThat(hmac(extracted, info.toByteArray())).isEqualTo(bytes(COMMITMENT));
  }

  private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }

  @Test
  void aPayloadSealedLongAgoOpens() throws FormatException {
    assertThat(epochKey(3).open(header(SALT, COLLECTION, 3), BODY, bytes(PAYLOAD_OF_EPOCH_3)))
        .isEqualTo(PLAINTEXT);
  }

  @Test
  void aPayloadOpensInItsOwnPlaceOnly() throws FormatException {
    byte[] sealed = bytes(PAYLOAD_OF_EPOCH_3);
    EpochKey key = epochKey(3);
    ByteString otherSalt = ByteString.copyFrom(counting(0x81, 32));
    assertDoesNotOpen(key, header(otherSalt, COLLECTION, 3), BODY, sealed);
    assertDoesNotOpen(key, header(SALT, OTHER, 3), BODY, sealed);
    assertDoesNotOpen(key, header(SALT, COLLECTION, 4), BODY, sealed);
    assertDoesNotOpen(key, header(SALT, COLLECTION, 3), PLAINTEXT, sealed);
    assertDoesNotOpen(epochKey(4), header(SALT, COLLECTION, 4), BODY, sealed);
    assertDoesNotOpen(EpochKey.generate(3), header(SALT, COLLECTION, 3), BODY, sealed);
    assertDoesNotOpen(
        key, header(SALT, COLLECTION, 3), BODY, Arrays.copyOf(sealed, sealed.length - 1));
    assertDoesNotOpen(key, header(SALT, COLLECTION, 3), BODY, new byte[0]);
  }

  private static void assertDoesNotOpen(
      EpochKey key, FileHeader header, byte[] body, byte[] sealed) {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> key.open(header, body, sealed));
  }

  @Test
  void oneplaintextIsNeverSealedToTheSameBytes() {
    assertThat(key.seal(SALT, COLLECTION, BODY, PLAINTEXT))
        .isNotEqualTo(key.seal(SALT, COLLECTION, BODY, PLAINTEXT));
  }

  @Test
  void aPayloadOfTheLargestSizeIsSealedAndNoLargerOne() throws FormatException {
    byte[] largest = new byte[Limits.MAX_PAYLOAD_BYTES - EpochKey.SEALING_OVERHEAD];
    EpochKey key = epochKey(3);
    byte[] sealed = key.seal(SALT, COLLECTION, BODY, largest);
    assertThat(sealed).hasSize(Limits.MAX_PAYLOAD_BYTES);
    assertThat(key.open(header(SALT, COLLECTION, 3), BODY, sealed)).isEqualTo(largest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> key.seal(SALT, COLLECTION, BODY, new byte[largest.length + 1]));
  }

  // Sealing to a device

  @Test
  void aKeySealedLongAgoOpens() throws FormatException {
    EpochKey opened = KeySealing.open(
        device.hpkePrivate(),
        device.publicKeys().hpke(),
        COLLECTION,
        7,
        ByteString.copyFrom(bytes(SEALED_IN_EPOCH_7)));
    assertThat(opened.secret()).isEqualTo(counting(0, 32));
  }

  @Test
  void aSealedKeyOpensForItsRecipientInItsContextOnly() throws FormatException {
    ByteString sealed = KeySealing.seal(device.publicKeys().hpke(), COLLECTION, key);
    DeviceKeyPair other = DeviceKeyPair.generate();
    assertKeyDoesNotOpen(other, COLLECTION, 1, sealed);
    assertKeyDoesNotOpen(device, OTHER, 1, sealed);
    assertKeyDoesNotOpen(device, COLLECTION, 2, sealed);
    assertKeyDoesNotOpen(device, COLLECTION, 1, sealed.substring(1));
    assertKeyDoesNotOpen(device, COLLECTION, 1, ByteString.EMPTY);
    assertThat(
            KeySealing.open(device.hpkePrivate(), device.publicKeys().hpke(), COLLECTION, 1, sealed)
                .secret())
        .isEqualTo(key.secret());
  }

  private static void assertKeyDoesNotOpen(
      DeviceKeyPair recipient, ByteString collection, int epoch, ByteString sealed) {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> KeySealing.open(
            recipient.hpkePrivate(), recipient.publicKeys().hpke(), collection, epoch, sealed));
  }

  @Test
  void aPublicKeyThatIsNoneIsRefused() {
    for (int length : List.of(0, 31, 33)) {
      assertThatExceptionOfType(FormatException.class)
          .isThrownBy(
              () -> KeySealing.seal(ByteString.copyFrom(new byte[length]), COLLECTION, key));
    }
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> KeySealing.seal(ByteString.copyFrom(new byte[32]), COLLECTION, key));
  }

  // Keys of earlier epochs

  private static final SpaceId SPACE = space(1);

  private static SpaceId space(int fill) {
    try {
      return SpaceId.of(counting(fill, 32));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theKeyOfAnEarlierEpochOpensUnderTheLaterOne() throws FormatException {
    EpochKey later = EpochKey.generate(5);
    ByteString wrapped = later.wrap(key, COLLECTION, SPACE);
    assertThat(wrapped.size()).isEqualTo(EpochKey.BYTES + EpochKey.SEALING_OVERHEAD);
    EpochKey opened =
        later.unwrap(1, wrapped, COLLECTION, SPACE, ByteString.copyFrom(bytes(COMMITMENT)));
    assertThat(opened.secret()).isEqualTo(key.secret());
    assertThat(opened.epoch()).isEqualTo(1);
  }

  @Test
  void aWrappedKeyOpensInItsContextOnly() {
    EpochKey later = EpochKey.generate(5);
    ByteString wrapped = later.wrap(key, COLLECTION, SPACE);
    ByteString commitment = key.commitment(COLLECTION);
    assertNotUnwrapped(EpochKey.generate(5), 1, wrapped, COLLECTION, SPACE, commitment);
    assertNotUnwrapped(later, 2, wrapped, COLLECTION, SPACE, commitment);
    assertNotUnwrapped(later, 1, wrapped, OTHER, SPACE, commitment);
    assertNotUnwrapped(later, 1, wrapped, COLLECTION, space(2), commitment);
    assertNotUnwrapped(later, 1, wrapped, COLLECTION, SPACE, key.commitment(OTHER));
    assertNotUnwrapped(later, 1, wrapped.substring(1), COLLECTION, SPACE, commitment);
    assertNotUnwrapped(later, 1, ByteString.EMPTY, COLLECTION, SPACE, commitment);
  }

  private static void assertNotUnwrapped(
      EpochKey later,
      int epoch,
      ByteString wrapped,
      ByteString collection,
      SpaceId space,
      ByteString commitment) {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> later.unwrap(epoch, wrapped, collection, space, commitment));
  }

  // Device keys

  @Test
  void aDevicesIdIsTheseBytes() throws FormatException {
    assertThat(device.id())
        .isEqualTo(
            DeviceId.of(bytes("44399df6d016d6614737d3ad00750fcec4124b1ff9147f10e3f4b930a556f8d9")));
    assertThat(device.publicKeys().signing().toByteArray())
        .isEqualTo(bytes("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"));
    assertThat(device.publicKeys().hpke().toByteArray())
        .isEqualTo(bytes("358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254"));
  }

  @Test
  void keysAreReadBackFromTheirSecrets() throws FormatException {
    DeviceKeyPair generated = DeviceKeyPair.generate();
    assertThat(DeviceKeyPair.of(generated.secret()).id()).isEqualTo(generated.id());
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> DeviceKeyPair.of(new byte[63]));
    assertThatExceptionOfType(FormatException.class).isThrownBy(() -> EpochKey.of(1, new byte[31]));
  }

  @Test
  void whatIsHandedOutIsACopy() {
    key.secret()[0] ^= 1;
    device.secret()[0] ^= 1;
    device.hpkePrivate()[0] ^= 1;
    assertThat(key.secret()).isEqualTo(counting(0, 32));
    assertThat(device.secret()).isEqualTo(counting(0, 64));
    assertThat(device.hpkePrivate()).isEqualTo(counting(32, 32));
  }

  @Test
  void noKeyIsEverPrinted() {
    for (Object secret : List.of(key, device, device.signing())) {
      assertThat(secret.toString())
          .doesNotContain("000102", "202122", "[0, 1, 2", "AAEC")
          .doesNotContainIgnoringCase(HexFormat.of().formatHex(counting(32, 32)));
    }
  }
}
