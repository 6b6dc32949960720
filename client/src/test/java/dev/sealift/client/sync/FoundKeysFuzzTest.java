package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.List;

/** Keys in the payloads of membership files, which any member can have put there. */
class FoundKeysFuzzTest {
  private static final DeviceKeyPair KEYS = DeviceKeyPair.generate();
  private static final EpochKey KEY = EpochKey.generate(Membership.FIRST_EPOCH);

  /** Whatever a payload holds: nobody is given another key than the log commits to. */
  @FuzzTest
  void take(byte[] payload) throws FormatException, MembershipException {
    SignedHeader genesis = genesis();
    Membership membership = Membership.found(genesis);
    FoundKeys found = new FoundKeys(
        membership.space(),
        List.of(new FoundKeys.Recipient(KEYS.hpkePrivate(), KEYS.publicKeys().hpke())));
    found.take(genesis, ByteString.copyFrom(payload));
    assertThat(found.wrappedUnder(Membership.FIRST_EPOCH))
        .as("genesis wraps nothing")
        .isEmpty();
    found
        .sealed(Membership.FIRST_EPOCH, membership)
        .ifPresent(key -> assertThat(key.secret()).isEqualTo(KEY.secret()));
  }

  private static SignedHeader genesis() throws FormatException {
    byte[] member = new byte[MemberId.BYTES];
    return new FileMaker(KEYS)
        .genesis(
            KEYS.signing().verifyingKey(),
            MemberId.of(member),
            SpaceRules.defaults(),
            KEY,
            HybridTime.ZERO.millis() + 1)
        .file();
  }
}
