package dev.sealift.ops.chaos.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.ops.chaos.verdict.Evidence.LogFile;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Seen;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A log of two files that comes twice, the second time with one thing different in each test. */
class LogTapTest {
  private static final SigningKey KEY = SigningKey.fromSeed(new byte[SigningKey.SEED_BYTES]);
  private static final LogEntry FIRST = entry(1);
  private static final LogEntry SECOND = entry(2);

  private final LogTap tap = new LogTap();

  private static ByteString bytes(int count, int fill) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) fill);
    return ByteString.copyFrom(bytes);
  }

  private static LogEntry entry(int counter) {
    HeaderBody body = HeaderBody.newBuilder()
        .setVersion(1)
        .setKind(FileKind.FILE_KIND_EVENTS)
        .setSpace(bytes(32, 1))
        .setDevice(bytes(32, 2))
        .setCounter(1 + counter)
        .setPrevious(bytes(32, 3))
        .setHybridTime(HybridTime.of(1_000, 0).bits())
        .setCollection(bytes(16, 0))
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(SeenLog.nothing().root().byteString()))
        .setSalt(bytes(32, 4))
        .build();
    try {
      SignedHeader header = SignedHeader.sign(body, new byte[] {1}, KEY);
      return LogEntry.newBuilder()
          .setSignedHeader(header.byteString())
          .setServerTimeMillis(100 + counter)
          .build();
    } catch (FormatException e) {
      throw new AssertionError("the sample breaks a rule", e);
    }
  }

  private void come(long firstSequence, LogEntry... entries) {
    tap.received(frame(firstSequence, entries));
  }

  private static Frame frame(long firstSequence, LogEntry... entries) {
    Files files = Files.newBuilder()
        .setFirstSequence(firstSequence)
        .addAllEntries(List.of(entries))
        .build();
    return Frame.newBuilder().setFiles(files).build();
  }

  private List<Long> sequences() {
    return tap.files().stream().map(LogFile::sequence).toList();
  }

  @Test
  void whatComesAgainAsItWasIsNotNotedAgain() {
    come(1, FIRST, SECOND);
    come(2, SECOND);
    assertThat(sequences()).containsExactly(1L, 2L);
  }

  @Test
  void anotherFileAtAPlaceIsKeptBesideTheFirst() {
    come(1, FIRST, SECOND);
    come(2, FIRST);
    assertThat(sequences()).containsExactly(1L, 2L, 2L);
  }

  @Test
  void aFileThatComesAgainWithAnotherTimeIsKeptBesideTheFirst() {
    come(1, FIRST, SECOND);
    come(2, SECOND.toBuilder().setServerTimeMillis(999).build());
    assertThat(sequences()).containsExactly(1L, 2L, 2L);
  }

  @Test
  void aFileThatComesAgainWithAnotherBaseIsKeptBesideTheFirst() {
    come(1, FIRST, SECOND);
    come(2, SECOND.toBuilder().setBase(1).build());
    assertThat(sequences()).containsExactly(1L, 2L, 2L);
  }

  @Test
  void whatIsOddDoesNotChangeTheTreeOfWhatFollows() {
    LogEntry third = entry(3);
    come(1, FIRST, SECOND, third);
    String root = tap.files().get(2).root();
    LogTap other = new LogTap();
    other.received(frame(1, FIRST, SECOND));
    other.received(frame(2, FIRST));
    other.received(frame(3, third));
    assertThat(other.files().get(3).root()).isEqualTo(root);
  }

  @Test
  void aGapIsKept() {
    come(1, FIRST);
    come(3, SECOND);
    assertThat(sequences()).containsExactly(1L, 3L);
  }
}
