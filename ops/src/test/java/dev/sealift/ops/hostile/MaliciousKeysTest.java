package dev.sealift.ops.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.MemberChange;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.ops.simulate.Bed;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.NewEpoch;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.StartEpoch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An owner who starts an epoch and gives devices different keys, or none that is the one. Nobody believes another than the log commits to; who has not got that stands still, says so, and goes on with the next. */
class MaliciousKeysTest {
  private static final long SEED = 5;
  private static final long MINUTE_MILLIS = 60_000;

  @Test
  void anotherKeyThanOthersHaveIsAsGoodAsNone() {
    standsStill((device, key) -> EpochKey.generate(2));
  }

  @Test
  void theKeyOfBeforeUnderTheNewNumberIsAsGoodAsNone() {
    standsStill((device, key) -> {
      try {
        return EpochKey.of(2, device.epochKey(1).secret());
      } catch (FormatException e) {
        throw new AssertionError(e);
      }
    });
  }

  /** The victim came by an invitation, which is given the same as itself. */
  private static boolean isHonest(Stage stage, DevicePublicKeys to) {
    return List.of(stage.founder(), stage.other()).stream()
        .anyMatch(device -> device.keys().publicKeys().equals(to));
  }

  private interface Lied {
    EpochKey to(BedDevice victim, EpochKey key);
  }

  /** The victim gets another key than the others. */
  private static void standsStill(Lied lied) {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      BedDevice victim = stage.victim();
      EpochKey key = EpochKey.generate(2);
      start(
          stage,
          insider,
          key,
          to -> Optional.of(isHonest(stage, to) ? key : lied.to(victim, key)),
          stage.founder().epochKey(1));
      stage.other().write("k", "under the second key");
      bed.pass(MINUTE_MILLIS);

      assertThat(stage.founder().mergeDigest()).isEqualTo(stage.other().mergeDigest());
      assertThat(victim.met())
          .as(victim.state() + bed.log().size())
          .extracting(SealiftException::code)
          .contains(ErrorCode.KEY_MISSING);
      assertThat(victim.position()).isEqualTo(bed.log().size() - 1);
      assertThat(victim.unreadable()).isZero();

      stage.founder().change(new MemberChange.Rotation());
      bed.pass(MINUTE_MILLIS);
      victim.disconnect();
      victim.connect();
      insider.assertGoesOn();
      return true;
    });
  }

  /** Whoever comes later has the new key, and cannot read what was written under the one before. */
  @Test
  void aWrappedKeyThatIsNotTheOneOfItsEpochIsAsGoodAsNone() {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      EpochKey key = EpochKey.generate(2);
      start(stage, insider, key, to -> Optional.of(key), EpochKey.generate(1));
      insider.assertGoesOn();
      BedDevice late = bed.newcomer("late", bed.invite());
      late.connect();
      bed.pass(MINUTE_MILLIS);

      assertThat(late.met()).extracting(SealiftException::code).contains(ErrorCode.KEY_MISSING);
      assertThat(late.unreadable()).isZero();
      late.disconnect();
      insider.assertGoesOn();
      return true;
    });
  }

  private static void start(
      Stage stage, Insider insider, EpochKey key, MemberForgeries.Given given, EpochKey wrapped) {
    Plot plot = new Plot(stage, Role.ROLE_OWNER);
    MembershipChange.Builder change = MembershipChange.newBuilder()
        .setStartEpoch(StartEpoch.newBuilder()
            .setEpoch(NewEpoch.newBuilder()
                .setNumber(2)
                .setCommitment(key.commitment(Plot.MAIN))
                .setPrevious(1)));
    Pen.Written file = MemberForgeries.withKey(plot, change, key, given, wrapped);
    assertThat(insider.put(stage.founder(), file).hasReceipt()).isTrue();
    stage.bed().pass(MINUTE_MILLIS);
  }
}
