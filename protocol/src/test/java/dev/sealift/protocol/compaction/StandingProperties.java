package dev.sealift.protocol.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.proto.Role;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The standing of a compaction is what the rule says of all that was said, read as one list. */
class StandingProperties {
  /** Two devices a member, so that own devices and others come up equally. */
  private static final int DEVICES = 6;

  private static final List<DeviceId> IDS =
      IntStream.range(0, DEVICES).mapToObj(i -> SampleDevice.number(i + 1).id()).toList();

  private static final DeviceId AUTHOR = IDS.get(0);

  record Said(Attester by, boolean contested) {}

  private static MemberId member(int device) {
    return SampleDevice.member(1 + device / 2);
  }

  @Provide
  Arbitrary<List<Said>> histories() {
    Arbitrary<Integer> devices = Arbitraries.integers().between(0, DEVICES - 1);
    Arbitrary<Role> roles = Arbitraries.of(Role.ROLE_WRITER, Role.ROLE_OWNER);
    Arbitrary<Boolean> flags = Arbitraries.of(true, false);
    return Combinators.combine(devices, roles, flags, flags)
        .as((device, role, contested, only) -> new Said(
            new Attester(IDS.get(device), member(device), role, only && device < 2), contested))
        .list()
        .ofMaxSize(14);
  }

  private static Standing fold(boolean isOnlyDevice, List<Said> history) {
    Standing standing = Standing.of(AUTHOR, member(0), isOnlyDevice);
    for (Said said : history) {
      standing = standing.after(said.by(), said.contested());
    }
    return standing;
  }

  private static boolean counts(Said said) {
    boolean another = !said.by().device().equals(AUTHOR);
    return !said.contested()
        && another
        && (said.by().isOnlyMember() || !said.by().member().equals(member(0)));
  }

  /** For each contest looks at all that stands before and behind it. */
  private static Set<DeviceId> contesters(List<Said> history) {
    Set<DeviceId> contesters = new LinkedHashSet<>();
    for (int i = 0; i < history.size(); i++) {
      Said said = history.get(i);
      boolean first = history.subList(0, i).stream()
          .noneMatch(earlier ->
              earlier.contested() && earlier.by().device().equals(said.by().device()));
      boolean overruled = history.subList(i, history.size()).stream()
          .anyMatch(later -> counts(later) && later.by().role() == Role.ROLE_OWNER);
      if (said.contested() && first && !overruled) {
        contesters.add(said.by().device());
      }
    }
    return contesters;
  }

  @Property
  void theFoldIsTheRule(@ForAll boolean isOnlyDevice, @ForAll("histories") List<Said> history) {
    Standing standing = fold(isOnlyDevice, history);
    Set<DeviceId> contesters = contesters(history);
    boolean attested = isOnlyDevice || history.stream().anyMatch(StandingProperties::counts);
    assertThat(standing.contesters()).containsExactlyInAnyOrderElementsOf(contesters);
    assertThat(standing.isContested()).isEqualTo(!contesters.isEmpty());
    assertThat(standing.isAttested()).isEqualTo(attested);
    assertThat(standing.stands()).isEqualTo(attested && contesters.isEmpty());
  }

  @Property
  void aContestThatIsRepeatedChangesNothing(
      @ForAll("histories") List<Said> history, @ForAll int pick, @ForAll int place) {
    List<Said> contests = history.stream().filter(Said::contested).toList();
    if (contests.isEmpty()) {
      return;
    }
    Said repeated = contests.get(Math.floorMod(pick, contests.size()));
    int first = history.indexOf(repeated);
    int behind = first + 1 + Math.floorMod(place, history.size() - first);
    List<Said> longer = new ArrayList<>(history);
    longer.add(behind, repeated);
    assertThat(fold(false, longer).stands()).isEqualTo(fold(false, history).stands());
    assertThat(fold(false, longer).contesters()).isEqualTo(fold(false, history).contesters());
  }

  @Property
  void itsAuthorsMemberAloneMakesNothingStandWhereThereAreOthers(
      @ForAll("histories") List<Said> history) {
    List<Said> own = history.stream()
        .filter(said -> said.by().member().equals(member(0)))
        .map(said -> new Said(
            new Attester(said.by().device(), said.by().member(), said.by().role(), false),
            said.contested()))
        .toList();
    assertThat(fold(false, own).stands()).isFalse();
  }
}
