package dev.sealift.ops.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.chaos.verdict.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A run in which all went well, and then with one thing wrong in each test. */
class ChaosResultTest {
  private static final Verdict GOOD = new Verdict(10, 0, 0, true, List.of());
  private static final List<String> NONE = List.of();

  private static ChaosResult result(
      Verdict verdict, List<String> problems, List<String> surprises, List<String> bugs) {
    return new ChaosResult(
        1.5,
        7,
        verdict,
        problems,
        surprises,
        List.of("round 1: postgres ended by itself, with 1"),
        List.of("round 2: narrow: 900 kbit/s out of gateway-1"),
        bugs,
        Map.of(),
        List.of(),
        Map.of());
  }

  private static void survived(ChaosResult result, boolean survived) {
    assertThat(result.isGood()).isEqualTo(survived);
    assertThat(result.json().getBoolean("good")).isEqualTo(survived);
    List<String> lines = result.lines();
    assertThat(lines.get(lines.size() - 1)).startsWith(survived ? "Survived" : "NOT SURVIVED");
  }

  @Test
  void whatAFaultExplainsIsSurvived() {
    survived(result(GOOD, NONE, NONE, NONE), true);
  }

  @Test
  void aProcessThatEndsWithoutAReasonIsNotSurvived() {
    survived(result(GOOD, NONE, List.of("gateway-1 ended by itself, with 3"), NONE), false);
  }

  @Test
  void anyOtherThingThatIsWrongIsNotSurvived() {
    survived(result(GOOD, List.of("a device was not done"), NONE, NONE), false);
    survived(result(GOOD, NONE, NONE, List.of("NullPointerException")), false);
    survived(result(new Verdict(10, 1, 0, true, NONE), NONE, NONE, NONE), false);
    survived(result(new Verdict(10, 0, 0, false, NONE), NONE, NONE, NONE), false);
  }

  @Test
  void theLastLineForProgramsSaysWhatBecameOfWhatWasPromised() {
    assertThat(result(GOOD, NONE, NONE, NONE).json().encode())
        .startsWith(
            "{\"minutes\":1.5,\"faults\":{},\"acknowledged\":10,\"lost\":0,\"doubled\":0,\"equal\":true,")
        .endsWith("\"seed\":7}");
  }
}
