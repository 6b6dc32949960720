package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.SpaceRules;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which signed positions count, by who signed them, when, and of which log. */
class PositionCheckTest {
  private static final long NOW = 1_767_225_600_000L;
  private static final Hash ROOT = Hash.of(new byte[] {1});

  private final SigningKey notary = SigningKey.generate();
  private final DeviceKeyPair founder = DeviceKeyPair.generate();
  private final DeviceKeyPair self = DeviceKeyPair.generate();
  private SpaceId space;
  private Membership members;

  @BeforeEach
  void found() throws Exception {
    SignedFile genesis = new FileMaker(founder)
        .genesis(
            notary.verifyingKey(),
            MemberId.random(new SecureRandom()),
            SpaceRules.defaults(),
            EpochKey.generate(1),
            NOW);
    space = genesis.file().space();
    members = Membership.found(genesis.file());
  }

  /** As of an incarnation of the mesh. */
  private PositionCheck check(int incarnation, Incarnation... known) {
    LogState log = new LogState(
        LogState.empty().tree(),
        NOW,
        incarnation,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(members),
        Map.of());
    return new PositionCheck(space, self.id(), log, List.of(known), NOW);
  }

  private Incarnation begun(int number, long size) {
    return new Incarnation(space, number, size, ROOT, size, NOW);
  }

  private SignedPosition signed(int incarnation, long sequence) {
    return signed(incarnation, sequence, NOW);
  }

  private SignedPosition signed(int incarnation, long sequence, long millis) {
    return sign(
        new Position(space, founder.id(), incarnation, sequence, ROOT, HybridTime.of(millis, 0)),
        founder);
  }

  private static SignedPosition sign(Position position, DeviceKeyPair by) {
    return SignedPosition.sign(position, by.signing());
  }

  @Test
  void whatADeviceOfTheSpaceHasSignedCounts() {
    assertThat(check(0).counts(signed(0, 9))).isTrue();
  }

  @Test
  void whatAnybodyElseHasSignedDoesNot() throws FormatException {
    Position position = signed(0, 9).position();
    assertThat(check(0).counts(sign(position, self))).isFalse();
    Position own = new Position(space, self.id(), 0, 9, ROOT, position.time());
    assertThat(check(0).counts(sign(own, self))).as("its own, and no member").isFalse();
    Position elsewhere = new Position(SpaceId.of(ROOT), founder.id(), 0, 9, ROOT, position.time());
    assertThat(check(0).counts(sign(elsewhere, founder))).isFalse();
    ByteString exact = signed(0, 9).exact();
    byte[] flipped = exact.toByteArray();
    flipped[SignedPosition.SEQUENCE_OFFSET + 7] ^= 1;
    assertThat(check(0).counts(SignedPosition.parse(ByteString.copyFrom(flipped))))
        .isFalse();
  }

  @Test
  void itsOwnDoesNotWhoeverBringsIt() {
    PositionCheck asFounder =
        new PositionCheck(space, founder.id(), check(0).log(), List.of(), NOW);
    assertThat(asFounder.counts(signed(0, 9))).isFalse();
  }

  @Test
  void whatWasSignedBehindNowDoesNot() {
    assertThat(check(0).counts(signed(0, 9, NOW + 1))).isFalse();
  }

  @Test
  void ofALogThatARestoredMeshHasLostOnlyWhatIsCommonCounts() {
    PositionCheck restored = check(7, begun(7, 5));
    assertThat(restored.counts(signed(0, 5))).isTrue();
    assertThat(restored.counts(signed(0, 6))).isFalse();
    assertThat(restored.counts(signed(7, 6))).isTrue();
  }

  /** Its own beginning is among them: a later incarnation may go on from before it, and have more files there. */
  @Test
  void theSmallestOfAllThatBeganSinceItsOwnIsWhatIsCommon() {
    PositionCheck twice = check(9, begun(9, 8), begun(7, 5), begun(3, 2));
    assertThat(twice.counts(signed(3, 2))).isTrue();
    assertThat(twice.counts(signed(3, 3))).isFalse();
    assertThat(twice.counts(signed(0, 2))).isTrue();
    assertThat(twice.counts(signed(0, 3))).isFalse();
    assertThat(twice.counts(signed(7, 5))).isTrue();
    assertThat(twice.counts(signed(7, 6))).isFalse();
    assertThat(twice.counts(signed(4, 1))).as("where it began is not known").isFalse();
  }

  /** Numbers are unsigned. */
  @Test
  void ofALogThatIsNotKnownYetNothingFollows() {
    assertThat(check(0).counts(signed(1, 1))).isFalse();
    assertThat(check(1, begun(1, 5)).counts(signed(-1, 1))).isFalse();
    assertThat(check(-1, begun(-1, 5), begun(1, 5)).counts(signed(1, 5))).isTrue();
    assertThat(check(1).counts(signed(0, 1))).as("where it parted is not known").isFalse();
  }
}
