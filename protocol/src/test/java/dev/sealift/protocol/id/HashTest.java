package dev.sealift.protocol.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

class HashTest {
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  /** FIPS 180-4's own example. */
  @Test
  void isSha256() {
    assertThat(Hash.of(ascii("abc"))).hasToString(ABC);
    assertThat(Hash.of())
        .hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Test
  void partsAreHashedOneAfterAnother() {
    assertThat(Hash.of(ascii("a"), new byte[0], ascii("bc"))).hasToString(ABC);
  }

  @Test
  void aDigestIsTakenAndStartsAnew() {
    MessageDigest digest = Hash.sha256();
    digest.update(ascii("abc"));
    assertThat(Hash.of(digest)).hasToString(ABC);
    assertThat(Hash.of(digest)).isEqualTo(Hash.of());
  }

  @Test
  void aHashIsAddedToADigestByItsBytes() {
    Hash hash = Hash.of(ascii("abc"));
    MessageDigest digest = Hash.sha256();
    hash.addTo(digest);
    assertThat(Hash.of(digest)).isEqualTo(Hash.of(hash.toByteArray()));
  }

  @Test
  void aHashIsCopiedToWhereItBelongs() {
    byte[] target = new byte[34];
    Hash.of(ascii("abc")).copyTo(target, 1);
    assertThat(target).startsWith(0, 0xba).endsWith(0xad, 0);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
