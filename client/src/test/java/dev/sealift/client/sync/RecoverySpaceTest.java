package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.recovery.RecoveryWords;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.proto.Role;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RecoverySpaceTest {
  private static final RecoveryWords WORDS = RecoveryWords.parse(
      "legal winner thank year wave sausage worth useful legal winner thank yellow");

  private static VerifyingKey notary(int fill) {
    byte[] seed = new byte[SigningKey.SEED_BYTES];
    Arrays.fill(seed, (byte) fill);
    return SigningKey.fromSeed(seed).verifyingKey();
  }

  private static RecoverySpace space(int notary) {
    return RecoverySpace.of(WORDS.keys(), notary(notary));
  }

  /** Paper lies in drawers for years: if this test fails, no paper key that was ever printed works any more. */
  @Test
  void isTheSpaceThatTheSpecificationGives() {
    RecoverySpace space = space(0x77);
    assertThat(space.id())
        .hasToString("f0fd7f0b1d89d34f2368b660b6109e16116e0480985132d7e6c2921bc4ef17d2");
    assertThat(HexFormat.of().formatHex(space.genesisHeader().toByteArray()))
        .isEqualTo(
            "080110032220568984aa33d1c2d3e1cc6cde1a40f312f927c7b22ea89d6d3c45c5fea7ef9f8828014210000000000000"
                + "00000000000000000000480162221220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                + "7a20171992e4ae871fc6ce2ce2db59aab8b487c14a541588777a63d8a4eb4c3506a48201b6011ab3010a440a203c307e"
                + "4af7685d8d7c04aa66b4d8b65499298e1667ce7da838063eb92f5a753a1220033b9674982d6fb2a50548681207d34c3f"
                + "f404ce297530ff8d4963f1b8b217631210ac7fc3741a9770465e4ac317d9b834ee1a20c853ad0f0cd2b619aea92ceec4"
                + "fd56a24d6499d584ce79257e45cfd8139b60a722151080b0f1fb1c188090fbd30920e0a7122880b899292a20240136a9"
                + "3b223742eedd7c599fdec5206686e4af4191cf6b9e6487b1c60b131000000002fb8da7eb5b1b399e7321179dac9e9f65"
                + "773d7331e1e30554e3911e4325e1ef197090bae07b339007352de6b3854495bbf0f3dcc4232490d489acee3ed2fcf612"
                + "d40830e8c25180fbe54f13202f9775f25fc901381ae861b6a218d60dcbabba07");
  }

  @Test
  void isAnotherOneOnAnotherMesh() {
    assertThat(space(0x78).id()).isNotEqualTo(space(0x77).id());
    assertThat(space(0x77).id()).isEqualTo(space(0x77).id());
  }

  @Test
  void beginsWithAGenesisThatEveryMeshTakes() throws FormatException, MembershipException {
    SignedHeader genesis = SignedHeader.parse(space(0x77).genesisHeader().toByteArray());
    Membership membership = Membership.found(genesis);
    assertThat(membership.space()).isEqualTo(space(0x77).id());
    assertThat(membership.notary()).isEqualTo(notary(0x77));
    assertThat(membership.devices())
        .singleElement()
        .extracting(Device::id, Device::member, Device::role)
        .containsExactly(space(0x77).founderKeys().id(), WORDS.keys().member(), Role.ROLE_OWNER);
  }
}
