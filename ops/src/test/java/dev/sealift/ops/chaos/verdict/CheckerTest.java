package dev.sealift.ops.chaos.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.chaos.verdict.Evidence.Acknowledged;
import dev.sealift.ops.chaos.verdict.Evidence.Contended;
import dev.sealift.ops.chaos.verdict.Evidence.DeviceState;
import dev.sealift.ops.chaos.verdict.Evidence.LogFile;
import dev.sealift.ops.chaos.verdict.Evidence.Member;
import dev.sealift.ops.chaos.verdict.Evidence.Receipted;
import dev.sealift.ops.chaos.verdict.Evidence.SeenHead;
import dev.sealift.ops.chaos.verdict.Evidence.SpaceLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A run in which all went well, and then with one thing broken in each test. */
class CheckerTest {
  private static final String SPACE = "space-0";
  private static final long WRITES = 20;

  private final List<Member> roster =
      new ArrayList<>(List.of(new Member("a", SPACE, true), new Member("b", SPACE, false)));
  private final List<Acknowledged> writes =
      new ArrayList<>(List.of(acknowledged("a", 12), acknowledged("a", WRITES)));
  private final List<Receipted> receipts =
      new ArrayList<>(List.of(receipt("f2", 2), receipt("f3", 3), receipt("f3", 3)));
  private final List<SeenHead> heads =
      new ArrayList<>(List.of(new SeenHead(SPACE, 0, ""), new SeenHead(SPACE, 2, "root 2")));
  private final List<DeviceState> devices =
      new ArrayList<>(List.of(state("a", "1-20", WRITES, "d"), state("b", "1-20", WRITES, "d")));
  private final List<LogFile> log =
      new ArrayList<>(List.of(file(1, "f1"), file(2, "f2"), file(3, "f3")));

  private static Acknowledged acknowledged(String device, long upTo) {
    return new Acknowledged(device, SPACE, upTo);
  }

  private static Receipted receipt(String file, long sequence) {
    return new Receipted(SPACE, file, sequence, 100 + sequence);
  }

  private static LogFile file(long sequence, String file) {
    return new LogFile(sequence, file, "author", sequence, 100 + sequence, "root " + sequence);
  }

  private static DeviceState state(String device, String entries, long last, String digest) {
    Map<String, Long> counters = new HashMap<>();
    Map<String, Contended> contended = new HashMap<>();
    for (long number = 1; number <= last; number++) {
      counters.put(Values.counterKey("a", Values.slot(number)), number);
      contended.put(Values.contendedKey(Values.slot(number)), new Contended("a", number));
    }
    return new DeviceState(
        device, SPACE, digest, digest, Map.of("a", Ranges.parse(entries)), counters, contended);
  }

  /** A device whose contended keys are otherwise; nothing in them puts them back as they were. */
  private static DeviceState withContended(
      DeviceState state, String key, Optional<Contended> winner) {
    Map<String, Contended> contended = new HashMap<>(state.contended());
    contended.remove(key);
    winner.ifPresent(value -> contended.put(key, value));
    return new DeviceState(
        state.device(),
        SPACE,
        state.digest(),
        state.mergeDigest(),
        state.entries(),
        state.counters(),
        contended);
  }

  private void everywhere(String key, @Nullable Contended winner) {
    devices.replaceAll(device -> withContended(device, key, Optional.ofNullable(winner)));
  }

  private Verdict verdict() {
    List<SpaceLog> logs = log.isEmpty() ? List.of() : List.of(new SpaceLog(SPACE, log));
    return Checker.check(new Evidence(roster, writes, receipts, heads, devices, logs));
  }

  @Test
  void findsNothingWhereAllIsWell() {
    Verdict verdict = verdict();
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.isGood()).isTrue();
    assertThat(verdict.acknowledged()).isEqualTo(WRITES);
  }

  @Test
  void noticesALostWrite() {
    devices.set(1, state("b", "1-16,18-20", WRITES, "d"));
    assertThat(verdict().lost()).isEqualTo(1);
    assertThat(verdict().isGood()).isFalse();
  }

  @Test
  void noticesThatTheLastWriteIsLost() {
    devices.set(1, state("b", "1-19", WRITES, "d"));
    assertThat(verdict().lost()).isEqualTo(1);
  }

  @Test
  void noticesAValueThatWasBroughtBackInBothOfItsKeys() {
    devices.set(1, state("b", "1-20", WRITES - 1, "d"));
    assertThat(verdict().lost()).isEqualTo(2);
  }

  @Test
  void noticesThatAWholeSpaceIsLost() {
    devices.clear();
    assertThat(verdict().lost()).isEqualTo(WRITES);
  }

  @Test
  void noticesADeviceThatDoesNotSayWhatItShows() {
    devices.remove(1);
    assertThat(verdict().findings()).containsExactly("b did not say what it shows");
  }

  @Test
  void noticesAWriterWithoutAnAcknowledgement() {
    roster.add(new Member("c", SPACE, true));
    devices.add(state("c", "1-20", WRITES, "d"));
    assertThat(verdict().findings()).containsExactly("no write of c was ever acknowledged");
  }

  @Test
  void noticesThatNobodyReadALog() {
    log.clear();
    receipts.clear();
    heads.clear();
    assertThat(verdict().findings()).containsExactly("nobody read the log of " + SPACE);
  }

  @Test
  void takesALaterValueThanTheAcknowledgedOne() {
    devices.set(0, state("a", "1-25", 25, "d"));
    devices.set(1, state("b", "1-25", 25, "d"));
    assertThat(verdict().isGood()).isTrue();
  }

  @Test
  void noticesAValueThatNobodyWrote() {
    everywhere(Values.contendedKey(1), new Contended("a", 25));
    assertThat(verdict().findings()).hasSize(2).allMatch(f -> f.contains("nobody wrote"));
  }

  @Test
  void noticesAValueOfAWriterThatThereIsNot() {
    everywhere(Values.contendedKey(1), new Contended("z", 17));
    assertThat(verdict().findings()).hasSize(2).allMatch(f -> f.contains("nobody wrote"));
  }

  @Test
  void noticesThatAWritersOwnEarlierWriteWonWhereAllWrite() {
    everywhere(Values.contendedKey(1), new Contended("a", 9));
    assertThat(verdict().lost()).isEqualTo(2);
    assertThat(verdict().findings())
        .contains("b shows write 9 of a in all/1, and a wrote 17 after it");
  }

  @Test
  void noticesThatWhatAllWriteToIsNowhere() {
    everywhere(Values.contendedKey(1), null);
    assertThat(verdict().lost()).isEqualTo(2);
    assertThat(verdict().findings()).contains("b shows nothing in all/1");
  }

  @Test
  void noticesAValueOfAnotherKeyWhereAllWrite() {
    everywhere(Values.contendedKey(1), new Contended("a", 18));
    assertThat(verdict().findings()).hasSize(2).allMatch(f -> f.contains("nobody wrote"));
  }

  @Test
  void anyWriterMayWinWhereAllWrite() {
    writes.add(acknowledged("b", 5));
    devices.replaceAll(device -> new DeviceState(
        device.device(),
        SPACE,
        "d",
        "d",
        Map.of("a", Ranges.parse("1-20"), "b", Ranges.parse("1-5")),
        withCountersOfB(device),
        device.contended()));
    assertThat(verdict().isGood()).isTrue();
    everywhere(Values.contendedKey(5), new Contended("b", 5));
    assertThat(verdict().isGood()).isTrue();
  }

  private static Map<String, Long> withCountersOfB(DeviceState device) {
    Map<String, Long> counters = new HashMap<>(device.counters());
    for (long number = 1; number <= 5; number++) {
      counters.put(Values.counterKey("b", Values.slot(number)), number);
    }
    return counters;
  }

  @Test
  void aKeyThatNobodyWroteToYetMayBeAbsent() {
    writes.clear();
    writes.add(acknowledged("a", 3));
    devices.set(0, state("a", "1-3", 3, "d"));
    devices.set(1, state("b", "1-3", 3, "d"));
    assertThat(verdict().isGood()).isTrue();
  }

  @Test
  void noticesAnUnequalDigest() {
    devices.set(1, state("b", "1-20", WRITES, "other"));
    assertThat(verdict().equal()).isFalse();
    assertThat(verdict().isGood()).isFalse();
  }

  @Test
  void noticesADoubledFile() {
    log.add(new LogFile(4, "f1", "author", 1, 200, "root 4"));
    assertThat(verdict().doubled()).isEqualTo(1);
  }

  @Test
  void noticesAPlaceInAChainThatIsTakenTwice() {
    log.add(new LogFile(4, "f4", "author", 3, 200, "root 4"));
    assertThat(verdict().doubled()).isEqualTo(1);
  }

  @Test
  void noticesAPlaceInTheLogThatIsTakenTwice() {
    log.add(new LogFile(3, "f4", "author", 4, 200, "root 4"));
    assertThat(verdict().doubled()).isEqualTo(1);
  }

  @Test
  void noticesAHoleInTheLog() {
    log.add(file(6, "f6"));
    assertThat(verdict().lost()).isEqualTo(2);
  }

  @Test
  void noticesAServerTimeThatStandsStill() {
    log.add(new LogFile(4, "f4", "author", 4, 103, "root 4"));
    assertThat(verdict().findings()).singleElement().asString().contains("server time");
  }

  @Test
  void noticesAFileWithAReceiptThatIsNotInTheLog() {
    receipts.add(receipt("f4", 4));
    assertThat(verdict().lost()).isEqualTo(1);
  }

  @Test
  void noticesAFileThatGotAnotherReceiptTheSecondTime() {
    receipts.add(receipt("f2", 3));
    assertThat(verdict().doubled()).isEqualTo(1);
  }

  @Test
  void noticesAReceiptWithAnotherTime() {
    receipts.add(new Receipted(SPACE, "f2", 2, 99));
    assertThat(verdict().doubled()).isEqualTo(1);
  }

  @Test
  void noticesAHeadOfAnotherLog() {
    heads.add(new SeenHead(SPACE, 2, "fork"));
    assertThat(verdict().findings()).singleElement().asString().contains("another log");
  }

  @Test
  void noticesAHeadOfALogThatWasLonger() {
    heads.add(new SeenHead(SPACE, 4, "root 4"));
    assertThat(verdict().findings()).singleElement().asString().contains("another log");
  }
}
