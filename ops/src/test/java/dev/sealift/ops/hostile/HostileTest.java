package dev.sealift.ops.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.sync.Violation;
import dev.sealift.ops.simulate.Mutation;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite does not pass by itself: whatever it looks for, it finds where it is missing. */
class HostileTest {
  private static final Lie PAYLOAD = lie("payload-flipped");

  private static Lie lie(String name) {
    return Lies.named(name).orElseThrow();
  }

  private static Lie expecting(Lie lie, Expected other) {
    return new Lie(lie.name(), lie.by(), lie.what(), lie.scene(), other, lie.end(), lie.told());
  }

  private static HostileTally tally(Lie lie) {
    return HostileTally.nothing().plus(HostileRun.one(5, List.of(lie)));
  }

  // What lies there are

  @Test
  void eachKindHasANameOfItsOwn() {
    assertThat(Lies.all().stream().map(Lie::name).toList()).doesNotHaveDuplicates();
    assertThat(Lies.all().stream().map(Lie::what).toList()).doesNotHaveDuplicates();
  }

  @Test
  void everyViolationIsProvoked() {
    Set<Violation> provoked = Lies.all().stream()
        .map(Lie::expected)
        .filter(Expected.Named.class::isInstance)
        .flatMap(expected -> ((Expected.Named) expected).violations().stream())
        .collect(Collectors.toSet());
    assertThat(provoked).containsExactlyInAnyOrder(Violation.values());
  }

  @Test
  void asManySeedsAsThereAreKindsDrawEach() {
    Set<String> drawn = new HashSet<>();
    for (int seed = 0; seed < Lies.all().size(); seed++) {
      List<Lie> lies = HostileRun.drawn(seed);
      lies.forEach(lie -> drawn.addAll(List.of(lie.name().split(" and ", -1))));
      assertThat(lies.stream().limit(lies.size() - 1L)).noneMatch(Lie::isLast);
    }
    assertThat(drawn).containsAll(Lies.all().stream().map(Lie::name).toList());
  }

  // Suites that are wrong

  @Test
  void aLieThatIsNamedAsSomethingElseIsReported() {
    HostileTally tally = tally(expecting(PAYLOAD, Expected.reported(Violation.FORKED)));
    assertThat(tally.failures()).singleElement().asString().contains("should be named FORKED");
    assertThat(tally.lies()).isEqualTo(1);
    assertThat(tally.named()).isZero();
    assertThat(tally.isGood()).isFalse();
  }

  @Test
  void evidenceThatComesToSomethingElseIsReported() {
    HostileTally tally = tally(expecting(PAYLOAD, Expected.confirmed(Violation.PAYLOAD_ALTERED)));
    assertThat(tally.failures()).singleElement().asString().contains("should be CONFIRMED");
    assertThat(tally.isGood()).isFalse();
  }

  @Test
  void evidenceOfWhatNoneIsExpectedOfIsReported() {
    HostileTally tally =
        tally(expecting(PAYLOAD, Expected.withoutEvidence(Violation.PAYLOAD_ALTERED)));
    assertThat(tally.failures()).singleElement().asString().contains("none is expected");
  }

  @Test
  void aLieThatIsRefusedInsteadOfNamedIsReported() {
    Lie welcome = lie("welcome-replayed");
    assertThat(tally(welcome).isGood()).isTrue();
    assertThat(
            tally(expecting(welcome, Expected.reported(Violation.ROLLED_BACK))).isGood())
        .isFalse();
    assertThat(tally(expecting(welcome, new Expected.Refused(ErrorCode.NOT_A_MESH)))
            .isGood())
        .isFalse();
  }

  @Test
  void aLieThatFindsNoOpportunityIsReported() {
    Lie silent = Lie.of(
        "silent",
        Lie.By.PROXY,
        "says nothing",
        Scene.BEHIND,
        PAYLOAD.expected(),
        any -> Teller.HONEST);
    HostileTally tally = tally(silent);
    assertThat(tally.failures()).singleElement().asString().contains("no opportunity");
    assertThat(tally.isGood()).isFalse();
  }

  @Test
  void aFalseAlarmIsReported() {
    HostileTally tally = HostileTally.nothing()
        .plusHonest(Optional.empty(), false)
        .plusHonest(Optional.of("honest seed 2 of trouble: L11: d1 meets MESH_VIOLATION"), true);
    assertThat(tally.honestRuns()).isEqualTo(2);
    assertThat(tally.falseAlarms()).isEqualTo(1);
    assertThat(tally.isGood()).isFalse();
  }

  // Devices that do not look

  private static final String VERIFIER =
      "client/src/main/java/dev/sealift/client/sync/LogVerifier.java";

  /** A check that is left out, and a lie that it is there for. */
  enum LeftOut {
    PAYLOADS("payload-flipped", VERIFIER, "if (!same) {", "if (false) {"),
    TREE(
        "base-made-up",
        VERIFIER,
        "if (!leadsTo(head, last, hashes(consistency))) {",
        "if (false) {"),
    FORKS(
        "fork-announced",
        VERIFIER,
        "if (contradicted || !known.map(head.root()::equals).orElse(true)) {",
        "if (false) {"),
    SIZES("rolled-back", VERIFIER, "if (size < state.knownSize()) {", "if (false) {"),
    PATHS(
        "receipt-without-path",
        VERIFIER,
        "if (leaf == null || !isIncluded(leaf, receipt.getPathList(), head.head())) {",
        "if (leaf == null) {"),
    WELCOMES(
        "welcome-time-moved",
        "protocol/src/main/java/dev/sealift/protocol/wire/WelcomeStatement.java",
        "return isWhole && said.verify() ? Optional.of(said) : Optional.empty();",
        "return Optional.of(said);"),
    WHO_SIGNED_IT(
        "rolled-back",
        "client/src/main/java/dev/sealift/client/sync/MeshCheck.java",
        "case ROLLED_BACK -> isSaidLater();",
        "case ROLLED_BACK -> true;");

    private final String kind;
    private final Mutation mutation;

    LeftOut(String kind, String source, String from, String to) {
      this.kind = kind;
      this.mutation = new Mutation(source, from, to);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDeviceThatDoesNotLookIsReported(LeftOut check) throws Exception {
    Object failure = check
        .mutation
        .loader()
        .loadClass(Hostile.class.getName())
        .getMethod("failure", String.class, long.class)
        .invoke(null, check.kind, 5L);
    assertThat((Optional<?>) failure).as("what %s leads to", check).isPresent();
    assertThat(Hostile.failure(check.kind, 5)).isEmpty();
  }
}
