package dev.sealift.protocol.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.proto.Role;
import org.junit.jupiter.api.Test;

class StandingTest {
  private static final SampleDevice AUTHOR = SampleDevice.number(1);
  private static final SampleDevice OTHER = SampleDevice.number(2);
  private static final SampleDevice THIRD = SampleDevice.number(3);

  private final Standing unsaid = Standing.of(AUTHOR.id(), AUTHOR.member(), false);

  private static Attester writer(SampleDevice device) {
    return new Attester(device.id(), device.member(), Role.ROLE_WRITER, false);
  }

  private static Attester owner(SampleDevice device) {
    return new Attester(device.id(), device.member(), Role.ROLE_OWNER, false);
  }

  /** A second device of the author's. */
  private static Attester own(boolean isOnlyMember) {
    return new Attester(OTHER.id(), AUTHOR.member(), Role.ROLE_OWNER, isOnlyMember);
  }

  @Test
  void nothingStandsOfWhichNobodyHasSaidAnything() {
    assertThat(unsaid.stands()).isFalse();
    assertThat(unsaid.isContested()).isFalse();
  }

  @Test
  void aSpaceOfOneDeviceNeedsNobody() {
    assertThat(Standing.of(AUTHOR.id(), AUTHOR.member(), true).stands()).isTrue();
  }

  @Test
  void anotherMembersWordMakesItStand() {
    assertThat(unsaid.after(writer(OTHER), false).stands()).isTrue();
  }

  @Test
  void theAuthorsOwnWordForItDoesNot() {
    assertThat(unsaid.after(owner(AUTHOR), false).stands()).isFalse();
    Attester alone = new Attester(AUTHOR.id(), AUTHOR.member(), Role.ROLE_OWNER, true);
    assertThat(unsaid.after(alone, false).stands()).isFalse();
  }

  @Test
  void anotherDeviceOfTheAuthorsMemberCountsWhereThereIsNoOtherMember() {
    assertThat(unsaid.after(own(false), false).stands()).isFalse();
    assertThat(unsaid.after(own(true), false).stands()).isTrue();
  }

  @Test
  void whoeverContestsItTakesItsStandingAway() {
    Standing contested = unsaid.after(writer(OTHER), false).after(writer(THIRD), true);
    assertThat(contested.stands()).isFalse();
    assertThat(contested.isAttested()).isTrue();
    assertThat(contested.contesters()).containsExactly(THIRD.id());
  }

  @Test
  void aContestNeedsNotCount() {
    Standing standing = unsaid.after(writer(THIRD), false);
    assertThat(standing.after(own(false), true).isContested()).isTrue();
  }

  @Test
  void theAuthorKnowsBestThatItIsWrong() {
    assertThat(unsaid.after(writer(OTHER), false).after(writer(AUTHOR), true).stands())
        .isFalse();
    Standing alone = Standing.of(AUTHOR.id(), AUTHOR.member(), true);
    assertThat(alone.after(owner(AUTHOR), true).stands()).isFalse();
  }

  @Test
  void aWritersWordSettlesNoContest() {
    assertThat(unsaid.after(writer(THIRD), true).after(writer(OTHER), false).stands())
        .isFalse();
  }

  @Test
  void anOwnersWordSettlesAllThatWasSaidAgainstItBefore() {
    Standing settled =
        unsaid.after(writer(THIRD), true).after(writer(AUTHOR), true).after(owner(OTHER), false);
    assertThat(settled.stands()).isTrue();
    assertThat(settled.contesters()).isEmpty();
  }

  @Test
  void anOwnersWordThatDoesNotCountSettlesNothing() {
    Standing contested = unsaid.after(writer(OTHER), false).after(writer(THIRD), true);
    assertThat(contested.after(owner(AUTHOR), false).stands()).isFalse();
    assertThat(contested.after(own(false), false).stands()).isFalse();
  }

  @Test
  void whoeverWasOverruledIsNotHeardAgain() {
    Standing settled = unsaid.after(writer(THIRD), true).after(owner(OTHER), false);
    assertThat(settled.after(writer(THIRD), true).stands()).isTrue();
  }

  @Test
  void anotherMayContestWhatAnOwnerHasSettled() {
    Standing settled = unsaid.after(writer(THIRD), true).after(owner(OTHER), false);
    assertThat(settled.after(writer(AUTHOR), true).stands()).isFalse();
    assertThat(settled.after(owner(OTHER), true).stands()).isFalse();
  }
}
