package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecoveryTest {
  private static final int MARK = 1000;
  private static final SpaceId SPACE = SpaceId.of(Hash.of(new byte[] {1}));

  private final Recovery recovery = new Recovery(MARK);

  private static List<SignedIncarnation> numbered(int from, int to) {
    return IntStream.range(from, to).mapToObj(RecoveryTest::numbered).toList();
  }

  private static SignedIncarnation numbered(int number) {
    return SignedIncarnation.sign(
        new Incarnation(SPACE, number, 0, CompactTree.EMPTY_ROOT, 0, 1), CoreHarness.NOTARY);
  }

  private static Restorations known(List<SignedIncarnation> lost) {
    return new Restorations(MARK, List.of(), lost);
  }

  @Test
  void whatIsToldHasRoomBesideWhatAnotherEngineWasToldMeanwhileAndTheNextThatBegins() {
    recovery.add(numbered(100, 140), known(List.of()));
    Restorations meanwhile = known(numbered(1, 41));

    List<SignedIncarnation> lacking = recovery.lacking(meanwhile);

    Restorations next = meanwhile.told(lacking).begun(numbered(MARK));
    assertThat(next.incarnations()).hasSize(Limits.MAX_INCARNATIONS);
    assertThat(lacking).endsWith(numbered(139)); // the oldest are left out
    assertThat(recovery.timely(meanwhile)).isEqualTo(lacking);
  }

  @Test
  void thereMayBeNoRoomForAny() {
    recovery.add(numbered(100, 110), known(List.of()));

    assertThat(recovery.lacking(known(numbered(1, Limits.MAX_INCARNATIONS)))).isEmpty();
  }
}
