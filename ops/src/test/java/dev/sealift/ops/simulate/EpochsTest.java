package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.MemberChange;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Role;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** New keys, and those who have none of them, over a real mesh's core. */
class EpochsTest extends CompactingBed {
  private Device host;

  @BeforeEach
  void found() {
    thresholds = new dev.sealift.client.sync.CompactionThresholds(100_000, 100_000);
    host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    rest();
  }

  // Rotating

  @Test
  void everybodyReadsOnThroughTenEpochs() {
    Device second = joined("second", host);
    Device third = joined("third", host);
    Invited old = invitation(host);
    change(host, new MemberChange.RoleChange(second.id(), Role.ROLE_OWNER));
    third.disconnect();
    for (int i = 0; i < 5; i++) {
      for (Device owner : List.of(host, second)) {
        edit(owner, 3, 20);
        change(owner, new MemberChange.Rotation());
      }
    }
    edit(second, 3, 20);
    assertThat(newestFile(host).epoch()).isEqualTo(11);

    third.connect();
    rest();
    Device fourth = joined("by an old link", old);
    Device fifth = joined("by a new link", host);

    for (Device device : List.of(second, third, fourth, fifth)) {
      assertSame(device);
    }
    edit(fifth, 2, 20);
    edit(fourth, 2, 20);
    assertSame(third);
  }

  @Test
  void aNewcomerComesInByAStepAcrossEpochs() {
    thresholds = new dev.sealift.client.sync.CompactionThresholds(100, 400);
    Device alone = host;
    alone.disconnect();
    alone.compacts(thresholds);
    alone.connect();
    edit(alone, 100, 20);
    change(alone, new MemberChange.Rotation());
    edit(alone, 300, 6_500);
    change(alone, new MemberChange.Rotation());
    edit(alone, 10, 20);
    assertThat(compactions(alone)).isPositive();
    Invited invited = invitation(alone);
    change(alone, new MemberChange.Rotation());

    Device young = joined("young", invited);

    assertThat(young.store().canCarry(2)).as("it holds the files themselves").isFalse();
    assertSame(young);
  }

  /** What was sealed and not sent is sealed anew: nobody takes it under the old key. */
  @Test
  void whatWaitsUnderTheOldKeyIsMadeAgain() {
    Device second = joined("second", host);
    second.disconnect();
    write(second, "late", "edit");
    assertThat(handedOver(second)).isEqualTo(1);
    change(host, new MemberChange.Rotation());
    edit(host, 2, 20);

    second.connect();
    rest();

    assertThat(newestFile(host).epoch()).isEqualTo(2);
    assertSame(second);
    assertThat(host.store().pendingCount()).isZero();
  }

  // Removing

  @Test
  void whoIsRemovedGetsNothingAndKeepsWhatItWrote() {
    Device second = joined("second", host);
    Device third = joined("third", host);
    edit(host, 2, 20);
    long position = third.store().position();
    third.removed();

    Membership after = change(host, removal(third));
    edit(second, 3, 20);
    write(third, "late", "edit");
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);

    assertThat(after.device(third.id())).isEmpty();
    assertThat(third.isConnecting()).as("it has stopped").isFalse();
    assertThat(third.store().position()).isEqualTo(position);
    assertThat(third.store().pendingCount()).isEqualTo(1);
    assertThat(newestFile(second).epoch()).isEqualTo(2);
    assertSame(second);
    third.connect();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    assertThat(third.store().position()).as("however often it asks").isEqualTo(position);
    assertThat(third.store().pendingCount()).isEqualTo(1);
  }

  @Test
  void whoIsRemovedWhileAwayComesBackToNothing() {
    Device second = joined("second", host);
    Device third = joined("third", host);
    third.disconnect();
    long position = third.store().position();
    write(third, "late", "edit");
    handedOver(third);
    change(host, removal(third));
    edit(second, 3, 20);
    third.removed();

    third.connect();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);

    assertThat(third.store().position()).isEqualTo(position);
    assertThat(third.store().outboxCount()).isEqualTo(1);
    assertSame(second);
  }

  @Test
  void ofTwoOwnersWhoRemoveAtOnceBothGetTheirWay() {
    Device second = joined("second", host);
    Device third = joined("third", host);
    Device fourth = joined("fourth", host);
    change(host, new MemberChange.RoleChange(second.id(), Role.ROLE_OWNER));
    rest();
    third.removed();
    fourth.removed();
    CompletableFuture<Membership> one = host.change(removal(third)).orElseThrow();
    CompletableFuture<Membership> other = second.change(removal(fourth)).orElseThrow();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    one.join();
    other.join();
    edit(second, 2, 20);
    assertThat(membership(host).devices()).hasSize(2);
    assertThat(newestFile(host).epoch()).isEqualTo(3);
    assertSame(second);
    for (Device device : List.of(host, second)) {
      assertThat(device.store().settingNames("epoch."))
          .as("no key is left of the change that lost its link")
          .hasSize(3);
    }
  }

  @Test
  void ofTwoWhoRemoveTheSameOneNobodyFails() {
    Device second = joined("second", host);
    Device third = joined("third", host);
    change(host, new MemberChange.RoleChange(second.id(), Role.ROLE_OWNER));
    rest();
    third.removed();
    CompletableFuture<Membership> one = host.change(removal(third)).orElseThrow();
    CompletableFuture<Membership> other = second.change(removal(third)).orElseThrow();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    one.join();
    other.join();
    rest();
    assertThat(membership(second).epoch()).isEqualTo(2);
  }

  @Test
  void withTheRemovedGoesWhatItKnowsASecretOf() {
    Device second = joined("second", host);
    Invited before = invitation(host);
    second.removed();
    change(host, new MemberChange.Removal(List.of(second.id()), List.of(), List.of(), true));
    Device late = device("late");
    late.join(before.invitation(), before.secret(), List.of());
    assertThatThrownBy(() -> {
          late.connect();
          scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
        })
        .hasMessageContaining("INVITATION_UNKNOWN");
    late.disconnect();
  }

  @Test
  void onlyWhoMayRemoves() {
    Device second = joined("second", host);
    Device third = joined("third", host);
    assertRefused(ErrorCode.NOT_ALLOWED, second, removal(third));
    assertRefused(ErrorCode.LAST_OWNER, host, new MemberChange.Leaving());
    assertRefused(
        ErrorCode.INVALID_INPUT,
        host,
        new MemberChange.Removal(List.of(Simulation.keys(dice).id()), List.of(), List.of(), false));
    assertRefused(ErrorCode.INVALID_INPUT, host, removal(host));
    rest();
    assertSame(second);
  }

  /** Wherever its process ends or its disk loses power: the one that was asked to remove has done so in the end, once. */
  @ParameterizedTest
  @EnumSource(Disk.Cut.class)
  void aRemovalThatIsCutOffAnywhereIsMadeInTheEnd(Disk.Cut how) {
    for (int commits = 1; commits <= 6; commits++) {
      Device guest = joined(how + " " + commits, host);
      guest.removed();
      int epoch = membership(host).epoch();
      host.disk().cutAt(commits, how);
      host.change(removal(guest));
      scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
      host.crash(); // if it has not done so by then
      host.start();
      rest();
      if (membership(host).device(guest.id()).isPresent()) {
        change(host, removal(guest)); // it had not come to be kept
      }
      assertThat(membership(host).epoch()).isEqualTo(epoch + 1);
      assertThat(membership(host).device(guest.id())).isEmpty();
      guest.disconnect();
      guest.close();
    }
    Device after = joined("after", host);
    assertSame(after);
  }

  // Leaving

  @Test
  void whoLeavesLeavesADebtThatAnyWriterPays() {
    Device second = joined("second", host);
    Device third = joined("third", host);
    edit(third, 2, 20);
    third.removed();
    change(third, new MemberChange.Leaving());
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    edit(second, 2, 20);
    assertThat(membership(second).device(third.id())).isEmpty();
    assertThat(membership(second).owesRotation()).isFalse();
    assertThat(newestFile(second).epoch()).isEqualTo(2);
    assertSame(second);
  }

  /** The owner is away; a writer with the key makes the next. */
  @Test
  void aWriterPaysWhileTheOwnersAreAway() {
    Device second = joined("second", host);
    Device third = joined("third", host);
    host.disconnect();
    third.removed();
    change(third, new MemberChange.Leaving());
    edit(second, 20, 2_000); // news put nobody's turn off
    assertThat(membership(second).epoch()).isEqualTo(2);
    host.connect();
    rest();
    edit(host, 2, 20);
    assertSame(second);
  }

  // Roles

  @Test
  void whoMayNotWriteAnyMoreKeepsItsEditsAndReadsOn() {
    Device second = joined("second", host);
    change(host, new MemberChange.RoleChange(second.id(), Role.ROLE_READER));
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    write(second, "late", "edit");
    edit(host, 2, 20, List.of(host));
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    assertThat(second.store().pendingCount()).isEqualTo(1);
    assertThat(second.store().position()).isEqualTo(host.store().position());

    change(host, new MemberChange.RoleChange(second.id(), Role.ROLE_WRITER));
    rest();
    assertThat(second.store().pendingCount()).isZero();
    assertSame(second);
  }

  private void edit(Device device, int files, long betweenMillis, List<Device> waitFor) {
    for (int i = 0; i < files; i++) {
      write(device, "k" + i, "note " + i);
      scheduler.runUntil(scheduler.nowMillis() + betweenMillis);
    }
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    assertThat(waitFor).allMatch(Device::isUpToDate);
  }

  private static void write(Device device, String key, String body) {
    device.write(batch -> batch.put("notes", key, Map.of("body", new Value.Text(body))));
  }

  private int handedOver(Device device) {
    return device.replica().handOver().size();
  }

  private static MemberChange.Removal removal(Device device) {
    return new MemberChange.Removal(List.of(device.id()), List.of(), List.of(), false);
  }

  private Membership change(Device by, MemberChange change) {
    CompletableFuture<Membership> done = by.change(change).orElseThrow();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    done.join();
    return membership(by);
  }

  private void assertRefused(ErrorCode code, Device by, MemberChange change) {
    CompletableFuture<Membership> done = by.change(change).orElseThrow();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    assertThatThrownBy(done::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            SealiftException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static Membership membership(Device device) {
    return device.membership().orElseThrow();
  }

  private static FileHeader newestFile(Device device) {
    return device.store().files(1, 10_000, Long.MAX_VALUE).stream()
        .map(file -> parse(file.header()).header())
        .filter(header -> header.kind() == FileKind.FILE_KIND_EVENTS)
        .reduce((first, next) -> next)
        .orElseThrow();
  }

  private void assertSame(Device device) {
    assertThat(device.store().mergeDigest()).isEqualTo(host.store().mergeDigest());
    assertThat(device.store().visibleDigest()).isEqualTo(host.store().visibleDigest());
  }
}
