package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an author says to have seen without a receipt, where another file came to stand there: a copy of a home went on with one chain. */
class SeenFilesTest {
  private static final long START = TestDevice.START_MILLIS;
  private static final long CUT_OFF = TestDevice.RULES.cutOffMillis();
  private static final DeviceId ONE = DeviceId.of(TestDevice.hash("one"));
  private static final DeviceId OTHER = DeviceId.of(TestDevice.hash("other"));

  /** Not the file that is in the log. */
  private static final FileId COPY = FileId.of(TestDevice.hash("copy"));

  private final TestFolder folder = new TestFolder();
  private final TestDevice a = folder.device("a");

  @BeforeEach
  void start() {
    a.withCities();
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private static Sent patch(DeviceId author, long millis, long value, List<DotRef> seen) {
    RowEvent event =
        new RowEvent("ulm", HybridTime.of(START + millis, 0), List.of(Value.of(value)));
    EventRun run = new EventRun(RunKind.PATCH, "cities", 0, seen, List.of("name"), List.of(event));
    return TestDevice.sent(author, 1, List.of(run));
  }

  private void applied(Sent sent, long sequence, long millis) {
    a.millis = START + millis;
    a.write(batch -> batch.apply(sent.at(sequence, START + millis)));
  }

  /** Another write of the same cell comes so long after the first, by one who names a file there. */
  private List<Value> lost(long later, FileId named) {
    Sent first = patch(ONE, 0, 1, List.of());
    FileId seen = named == null ? first.id() : named;
    applied(first, 1, 10);
    applied(patch(OTHER, later, 2, List.of(new DotRef(ONE, 1, seen))), 2, 10 + later);
    return a.store.inbox(10).stream().map(LostValue::value).toList();
  }

  @Test
  void the_file_that_was_named_was_seen() {
    assertThat(lost(CUT_OFF - 1, null)).isEmpty();
  }

  @Test
  void a_copy_of_it_was_not() {
    assertThat(lost(CUT_OFF - 1, COPY)).containsExactly(Value.of(1));
  }

  @Test
  void of_what_is_older_than_the_cut_off_the_place_in_its_chain_alone_counts() {
    assertThat(lost(CUT_OFF, COPY)).isEmpty();
  }
}
