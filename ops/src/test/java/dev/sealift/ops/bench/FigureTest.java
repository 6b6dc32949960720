package dev.sealift.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FigureTest {
  private static Figure figure(BenchRow row, List<Double> values, List<Double> floors) {
    return new Figure(row, row.budget(false), values, floors, Map.of());
  }

  @Test
  void theMedianOfAnEvenNumberOfRoundsLiesInTheMiddle() {
    List<Double> ones = List.of(1.0, 1.0, 1.0, 1.0);
    assertThat(figure(BenchRow.WIRE_BYTES, List.of(9.0, 1.0, 3.0, 5.0), ones).median())
        .isEqualTo(4);
    assertThat(figure(BenchRow.WIRE_BYTES, List.of(9.0, 1.0, 3.0), ones.subList(0, 3))
            .median())
        .isEqualTo(3);
  }

  @Test
  void theRatioOfARateIsHowManyTimesTheFloorsTimeItTook() {
    assertThat(figure(BenchRow.UPLOAD, List.of(50_000.0), List.of(100_000.0)).ratio())
        .isEqualTo(2);
    assertThat(figure(BenchRow.PROPAGATION_P50, List.of(3.0), List.of(1.5)).ratio())
        .isEqualTo(2);
  }

  @Test
  void eachRoundIsHeldAgainstTheFloorOfItsOwn() {
    Figure figure =
        figure(BenchRow.WIRE_BYTES, List.of(1.0, 20.0, 300.0), List.of(1.0, 10.0, 100.0));
    assertThat(figure.ratio()).isEqualTo(2);
  }

  @Test
  void aBudgetHoldsUpToItsEdge() {
    assertThat(figure(BenchRow.UPLOAD, List.of(1.0), List.of(2.0)).isWithinBudget())
        .isTrue();
    assertThat(figure(BenchRow.UPLOAD, List.of(1.0), List.of(2.1)).isWithinBudget())
        .isFalse();
    assertThat(figure(BenchRow.IDLE_CONNECTION, List.of(20_480.0), List.of(1.0)).isWithinBudget())
        .isTrue();
    assertThat(figure(BenchRow.IDLE_CONNECTION, List.of(20_481.0), List.of(1.0)).isWithinBudget())
        .isFalse();
  }

  @Test
  void aRateHasToReachItsBudget() {
    assertThat(figure(BenchRow.COMPACTING, List.of(200_000.0), List.of(1.0)).isWithinBudget())
        .isTrue();
    assertThat(figure(BenchRow.COMPACTING, List.of(199_999.0), List.of(1.0)).isWithinBudget())
        .isFalse();
  }

  @Test
  void aMeshOfSeveralProcessesHasBudgetsOfItsOwn() {
    List<Double> three = List.of(3.0);
    List<Double> one = List.of(1.0);
    BenchRow row = BenchRow.PROPAGATION_P50;
    assertThat(figure(row, three, one).isWithinBudget()).isFalse();
    assertThat(new Figure(row, row.budget(true), three, one, Map.of()).isWithinBudget())
        .isTrue();
    assertThat(new Figure(row, row.budget(true), List.of(3.1), one, Map.of()).isWithinBudget())
        .isFalse();
  }

  @Test
  void itsJsonHasWhatAProgramComparesAndWhatAPersonAsks() {
    JsonObject json = new Figure(
            BenchRow.FIRST_SYNC,
            BenchRow.FIRST_SYNC.budget(false),
            List.of(123_456.0, 100_000.0),
            List.of(200_000.0, 100_000.0),
            Map.of(Part.ROWS, 1.5))
        .json();
    assertThat(json.getString("row")).isEqualTo("first-sync");
    assertThat(json.getString("unit")).isEqualTo("rows/s");
    assertThat(json.getDouble("median")).isEqualTo(111_700);
    assertThat(json.getDouble("lowest")).isEqualTo(100_000);
    assertThat(json.getDouble("highest")).isEqualTo(123_500);
    assertThat(json.getDouble("floor")).isEqualTo(150_000);
    assertThat(json.getDouble("ratio")).isEqualTo(1.31);
    assertThat(json.getDouble("budget")).isEqualTo(2);
    assertThat(json.getString("budgetOf")).isEqualTo("ratio");
    assertThat(json.getBoolean("within")).isTrue();
    assertThat(json.getInteger("runs")).isEqualTo(2);
    assertThat(json.getJsonObject("microsARow").getDouble("rows")).isEqualTo(1.5);
  }

  @Test
  void aValueWithoutItsFloorIsNoFigure() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> figure(BenchRow.UPLOAD, List.of(1.0), List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> figure(BenchRow.UPLOAD, List.of(), List.of()));
  }
}
