package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SweepTest {
  private final Sweep sweep = new Sweep();

  private static SpacesReply page(int... spaces) {
    SpacesReply.Builder page = SpacesReply.newBuilder();
    for (int space : spaces) {
      page.addSpaces(
          SpaceSize.newBuilder().setSpace(Ids.space(space).byteString()).setSize(100));
    }
    return page.build();
  }

  @Test
  void pageAfterPageUntilOneIsEmpty() {
    assertThat(sweep.ask(0)).contains(ByteString.EMPTY);
    assertThat(sweep.ask(1)).as("one question at a time").isEmpty();
    int full = CompactorLimits.SWEPT_PER_TICK;
    sweep.came(page(IntStream.rangeClosed(1, full).toArray()));
    assertThat(sweep.ask(2)).as("a page is used up first").isEmpty();
    assertThat(sweep.next(1)).map(Sweep.Swept::space).contains(Ids.space(1));
    assertThat(sweep.next(1)).map(Sweep.Swept::space).contains(Ids.space(2));
    assertThat(sweep.ask(3)).contains(Ids.space(full).byteString());
    sweep.came(page());
    assertThat(sweep.ask(4)).isEmpty();
    assertThat(sweep.ask(CompactorLimits.SWEEP_EVERY_MILLIS)).contains(ByteString.EMPTY);
  }

  @Test
  void aStoreThatBeginsAgainAndAgainComesToAnEnd() {
    sweep.ask(0);
    sweep.came(page(1, 2));
    sweep.next(1);
    sweep.next(1);
    sweep.ask(1);
    sweep.came(page(1, 2));
    assertThat(sweep.next(1)).isEmpty();
    assertThat(sweep.ask(2)).isEmpty();
  }

  @Test
  void whatIsNoSpaceIsPassedOver() {
    sweep.ask(0);
    SpaceSize broken = SpaceSize.newBuilder()
        .setSpace(ByteString.copyFromUtf8("no space"))
        .setSize(100)
        .build();
    sweep.came(page(1).toBuilder().addSpaces(broken).build());
    assertThat(sweep.next(1)).map(Sweep.Swept::space).contains(Ids.space(1));
    assertThat(sweep.next(1)).isEmpty();
  }

  @Test
  void withoutAnAnswerItGoesOnFromThere() {
    sweep.ask(0);
    sweep.came(page(5));
    sweep.next(1);
    sweep.ask(1);
    sweep.failed();
    assertThat(sweep.ask(2)).contains(Ids.space(5).byteString());
  }

  @Test
  void whatIsMissedAgainAndAgainIsMadeGoodEveryTenMinutes() {
    sweep.ask(0);
    sweep.came(page());
    sweep.due(1_000);
    assertThat(sweep.ask(CompactorLimits.SWEEP_AT_MOST_EVERY_MILLIS - 1)).isEmpty();
    assertThat(sweep.ask(CompactorLimits.SWEEP_AT_MOST_EVERY_MILLIS)).isPresent();
  }
}
