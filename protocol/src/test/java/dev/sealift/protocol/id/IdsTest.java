package dev.sealift.protocol.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What all identifiers have in common, for each of them, and what each has of its own. */
class IdsTest {
  private interface FromBytes {
    FixedBytes make(byte[] bytes) throws FormatException;
  }

  private interface FromField {
    FixedBytes make(ByteString bytes) throws FormatException;
  }

  private record Kind(String name, int length, FromBytes fromBytes, FromField fromField) {}

  private static final List<Kind> KINDS = List.of(
      new Kind("DeviceId", 32, DeviceId::of, DeviceId::parse),
      new Kind("SpaceId", 32, SpaceId::of, SpaceId::parse),
      new Kind("FileId", 32, FileId::of, FileId::parse),
      new Kind("Hash", 32, Hash::wrap, Hash::parse),
      new Kind("CollectionId", 16, CollectionId::of, CollectionId::parse),
      new Kind("MemberId", 16, MemberId::of, MemberId::parse));

  private interface Check {
    void of(Kind kind) throws FormatException;
  }

  private static List<DynamicTest> forEach(Check check) {
    return KINDS.stream()
        .map(kind -> DynamicTest.dynamicTest(kind.name(), () -> check.of(kind)))
        .toList();
  }

  @TestFactory
  List<DynamicTest> onlyTheRightLengthIsTaken() {
    return forEach(kind -> {
      for (int length : new int[] {0, 1, kind.length() - 1, kind.length() + 1, 1 << 16}) {
        byte[] bytes = new byte[length];
        assertThatThrownBy(() -> kind.fromBytes().make(bytes))
            .isInstanceOf(FormatException.class)
            .hasMessageContaining(kind.length() + " bytes long, not " + length);
        assertThatThrownBy(() -> kind.fromField().make(ByteString.copyFrom(bytes)))
            .isInstanceOf(FormatException.class);
      }
    });
  }

  @TestFactory
  List<DynamicTest> bytesComeBackAsTheyWere() {
    return forEach(kind -> {
      byte[] bytes = counting(kind.length());
      FixedBytes id = kind.fromBytes().make(bytes);
      assertThat(id.toByteArray()).isEqualTo(bytes);
      assertThat(id.byteString()).isEqualTo(ByteString.copyFrom(bytes));
      assertThat(kind.fromField().make(id.byteString())).isEqualTo(id).hasSameHashCodeAs(id);
    });
  }

  @TestFactory
  List<DynamicTest> whatIsHandedInAndOutIsCopied() {
    return forEach(kind -> {
      byte[] bytes = counting(kind.length());
      FixedBytes id = kind.fromBytes().make(bytes);
      bytes[0] ^= 1;
      id.toByteArray()[1] ^= 1;
      assertThat(id.toByteArray()).isEqualTo(counting(kind.length()));
    });
  }

  @TestFactory
  List<DynamicTest> oneDifferentBitIsAnotherId() {
    return forEach(kind -> {
      FixedBytes id = kind.fromBytes().make(counting(kind.length()));
      for (int bit = 0; bit < 8 * kind.length(); bit++) {
        byte[] other = counting(kind.length());
        other[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(kind.fromBytes().make(other)).isNotEqualTo(id);
      }
    });
  }

  @TestFactory
  List<DynamicTest> theyPrintAsLowerCaseHex() {
    return forEach(kind -> {
      byte[] bytes = new byte[kind.length()];
      bytes[0] = (byte) 0xAB;
      assertThat(kind.fromBytes().make(bytes)).hasToString("ab" + "00".repeat(kind.length() - 1));
    });
  }

  @Test
  void equalBytesOfAnotherKindAreNotEqual() throws FormatException {
    byte[] bytes = counting(32);
    assertThat((Object) DeviceId.of(bytes)).isNotEqualTo(SpaceId.of(bytes)).isNotEqualTo(null);
  }

  @Test
  void theyAreOrderedAsUnsignedNumbers() throws FormatException {
    assertThat(DeviceId.of(first(0x7f))).isLessThan(DeviceId.of(first(0x80)));
    assertThat(DeviceId.of(first(0x80))).isLessThan(DeviceId.of(first(0xff)));
    assertThat(SpaceId.of(first(0x7f))).isLessThan(SpaceId.of(first(0x80)));
    assertThat(FileId.of(first(0x7f))).isLessThan(FileId.of(first(0x80)));
    assertThat(Hash.wrap(first(0x7f))).isLessThan(Hash.wrap(first(0x80)));
    assertThat(MemberId.of(Arrays.copyOf(first(0x7f), 16)))
        .isLessThan(MemberId.of(Arrays.copyOf(first(0x80), 16)));
    assertThat(CollectionId.of(Arrays.copyOf(first(0x7f), 16)))
        .isLessThan(CollectionId.of(Arrays.copyOf(first(0x80), 16)));
  }

  @Test
  void aHashBecomesTheIdOfWhatItHashes() {
    Hash hash = Hash.of(counting(3));
    assertThat(DeviceId.of(hash).toByteArray()).isEqualTo(hash.toByteArray());
    assertThat(SpaceId.of(hash).toByteArray()).isEqualTo(hash.toByteArray());
    assertThat(FileId.of(hash).toByteArray()).isEqualTo(hash.toByteArray());
  }

  @Test
  void theMainCollectionIsSixteenZeros() {
    assertThat(CollectionId.main()).hasToString("00".repeat(16));
  }

  @Test
  void freshMembersDiffer() {
    SecureRandom random = new SecureRandom();
    assertThat(MemberId.random(random)).isNotEqualTo(MemberId.random(random));
  }

  private static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (0xf0 + i);
    }
    return bytes;
  }

  private static byte[] first(int first) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) first;
    return bytes;
  }
}
