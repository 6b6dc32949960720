package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class LeafTest {

  /** Receipts are evidence for ever: if this test fails, the format has changed. */
  @Test
  void hasTheBytesThatTheSpecificationGives() {
    Leaf leaf = new Leaf(
        Samples.SPACE, 0x0102030405060708L, 1_767_225_600_000L, 0xfffefdfcfbfaf9f8L, Samples.FILE);
    assertThat(HexFormat.of().formatHex(leaf.bytes()))
        .isEqualTo("01"
            + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
            + "0102030405060708"
            + "0000019b76daa800"
            + "fffefdfcfbfaf9f8"
            + "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    assertThat(leaf.hash())
        .hasToString("1fff1553efa304601f0ee0f159b0f89f49717975a4b9c0302aede47b18b8f9a0");
    assertThat(leaf.bytes()).hasSize(Leaf.BYTES);
  }
}
