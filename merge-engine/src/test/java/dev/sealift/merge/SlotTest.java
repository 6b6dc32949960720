package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.membership.Membership;
import org.junit.jupiter.api.Test;

class SlotTest {
  @Test
  void aDraftDoesNotHoldOnToTheOneBelowOnceThatIsDurable() throws Exception {
    Author founder = new Author("founder");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    Slot slot = new Slot(genesis.header().space());
    slot.load(1);
    slot.loaded(SpaceState.unknown(slot.space(), Restorations.NONE), 2, Author.START_MILLIS);
    Draft below = slot.draft();
    below.append(
        genesis.header(),
        Upload.staged(ByteString.EMPTY),
        Membership.found(genesis.header()),
        Author.START_MILLIS,
        0,
        Bearing.NONE);
    slot.keep(below);
    slot.commit();
    Draft above = slot.draft();
    slot.keep(above);
    Dot dot = Dot.of(genesis.header().header());
    assertThat(above.fileAt(dot)).contains(genesis.header().id());
    slot.durable(3);
    assertThat(above.fileAt(dot)).isEmpty();
    assertThat(above.chainHead(founder.id()).counter()).isEqualTo(1);
  }
}
