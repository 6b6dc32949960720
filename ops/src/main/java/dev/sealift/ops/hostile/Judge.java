package dev.sealift.ops.hostile;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.EvidenceVerdict.Conclusion;
import dev.sealift.client.sync.KeptEvidence;
import dev.sealift.client.sync.MeshViolationError;
import dev.sealift.client.sync.Violation;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.id.Hash;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Has one lie told, and looks what the device makes of it. */
final class Judge {
  /** The founder's next look at the mesh comes well within as much. */
  private static final int MOST_STEPS_BEHIND = 60;

  private static final long STEP_MILLIS = 1_000;

  /** Until the device has answered: where an honest mesh may be late, it asks some times. */
  private static final long PATIENCE_MILLIS = Duration.ofHours(2).toMillis();

  private static final long LOOK_MILLIS = 250;

  /** Of a kind of evidence a device keeps so many that rest on signatures, and so many others. */
  private static final int MOST_OF_A_KIND = 2;

  /** What devices meet where meshes are honest, and away or busy at times. */
  private static final Set<ErrorCode> NO_ANSWER =
      EnumSet.of(ErrorCode.MESH_UNREACHABLE, ErrorCode.MESH_BUSY, ErrorCode.OVER_QUOTA);

  private final Stage stage;
  private final Lie lie;
  private @Nullable Before before;

  /** How the device stood before the lie. */
  private record Before(
      BedDevice device,
      long position,
      Hash merged,
      Optional<Hash> shown,
      int met,
      List<KeptEvidence.Kept> evidence,
      long told) {}

  /** Something is not as it has to be. */
  private static final class WrongException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean isApplied;

    WrongException(String message, boolean isApplied) {
      super(message);
      this.isApplied = isApplied;
    }

    WrongException(String message) {
      this(message, false);
    }
  }

  Judge(Stage stage, Lie lie) {
    this.stage = stage;
    this.lie = lie;
  }

  Told judge() {
    List<String> kinds = List.of(lie.name().split(" and ", -1));
    boolean named = false;
    try {
      stage.settle();
      lie.scene().play(stage, this::begin);
      Before then = begun();
      await(then);
      requireAnswer(then);
      named = true;
      requireNothingApplied(then);
      requireGoingOn(then);
      return new Told(kinds, lie.isCounted(), true, false, Optional.empty());
    } catch (WrongException e) {
      return failed(kinds, named, e.getMessage(), e.isApplied);
    } catch (NotSettledException e) {
      return failed(kinds, named, e.getMessage(), false);
    }
  }

  /** What was not named may have been applied besides. */
  private Told failed(List<String> kinds, boolean named, String why, boolean isApplied) {
    return new Told(
        kinds, lie.isCounted(), named, isApplied || isSomethingApplied(), Optional.of(why));
  }

  private boolean isSomethingApplied() {
    Before then = before;
    if (then == null) {
      return false;
    }
    try {
      requireNothingApplied(then);
      return false;
    } catch (WrongException e) {
      return true;
    }
  }

  private void begin() {
    BedDevice device = stage.victim();
    before = new Before(
        device,
        device.position(),
        device.mergeDigest(),
        lie.scene() == Scene.WRITES ? Optional.empty() : Optional.of(device.visibleDigest()),
        device.met().size(),
        device.evidence(),
        stage.timesTold());
    lie.told().accept(stage);
  }

  private Before begun() throws WrongException {
    Before then = before;
    if (then == null) {
      throw new WrongException("its scene has no place for it");
    }
    return then;
  }

  // What the device answers

  private void await(Before then) throws WrongException {
    long until = stage.nowMillis() + PATIENCE_MILLIS;
    while (!hasAnswered(then, until)) {
      if (stage.nowMillis() > until) {
        throw new WrongException(
            stage.timesTold() == then.told()
                ? "it found no opportunity: " + then.device().state()
                : "it was told, and not named: " + then.device().state());
      }
      stage.bed().pass(LOOK_MILLIS);
    }
    if (stage.timesTold() == then.told()) {
      throw new WrongException("nothing was told, and yet: " + Stage.brief(answers(then)));
    }
  }

  /** Whether it has; or, of a lie that it cannot tell, whether it has gone on, or has waited for long. */
  private boolean hasAnswered(Before then, long until) {
    if (lie.expected() instanceof Expected.Contested) {
      return comparing().stream().anyMatch(device -> !device.contested().isEmpty());
    }
    boolean isOver = lie.expected() instanceof Expected.Survived
        && stage.timesTold() > then.told()
        && (then.device().isUpToDate() || stage.nowMillis() > until - PATIENCE_MILLIS / 2);
    return isOver || !answers(then).isEmpty();
  }

  /** In the order in which they came; not that the mesh was busy, which is none. */
  private static List<SealiftException> answers(Before then) {
    List<SealiftException> met = then.device().met();
    return met.subList(then.met(), met.size()).stream()
        .filter(one -> !NO_ANSWER.contains(one.code()))
        .toList();
  }

  private void requireAnswer(Before then) throws WrongException {
    Expected expected = lie.expected();
    if (expected instanceof Expected.Named named) {
      requireNamed(then, named);
    } else if (expected instanceof Expected.Refused refused) {
      SealiftException first = answers(then).get(0);
      require(
          first.code() == refused.code(),
          "it should be refused as " + refused.code() + ", and was met by " + first);
    } else if (expected instanceof Expected.Contested) {
      requireContested();
    } else {
      require(answers(then).isEmpty(), "it should go on, and met " + Stage.brief(answers(then)));
    }
  }

  private void requireNamed(Before then, Expected.Named expected) throws WrongException {
    SealiftException first = answers(then).get(0);
    Optional<Violation> violation = first instanceof MeshViolationError error
        ? Optional.of(error.violation())
        : Optional.empty();
    require(
        violation.filter(expected.violations()::contains).isPresent(),
        "it should be named " + expected.text() + ", and was met by " + first);
    List<KeptEvidence.Kept> fresh = then.device().evidence().stream()
        .filter(one -> !then.evidence().contains(one))
        .toList();
    if (expected.conclusion().isPresent()) {
      requireShown(then, violation.orElseThrow(), expected.conclusion().get(), fresh);
    } else {
      require(fresh.isEmpty(), "there is evidence of what none is expected of: " + fresh);
    }
  }

  private static void requireShown(
      Before then, Violation violation, Conclusion expected, List<KeptEvidence.Kept> fresh)
      throws WrongException {
    if (fresh.isEmpty()) {
      long kept =
          then.evidence().stream().filter(one -> one.violation() == violation).count();
      require(kept >= MOST_OF_A_KIND, "there is no evidence of " + violation);
    }
    for (KeptEvidence.Kept one : fresh) {
      EvidenceVerdict verdict = then.device().verdict(one.name(), false);
      require(
          verdict.conclusion() == expected
              && verdict.violation().equals(Optional.of(one.violation()))
              && verdict.reporter().equals(then.device().id()),
          "evidence of " + one.violation() + " should be " + expected + ", and is "
              + verdict.conclusion() + ": " + verdict.why());
    }
  }

  /** Whoever compares it: others are drawn to. */
  private List<BedDevice> comparing() {
    return List.of(stage.founder(), stage.victim());
  }

  private void requireContested() throws WrongException {
    String name = stage.lastCompaction().toString();
    for (BedDevice device : comparing()) {
      for (HeldCompaction one : device.contested()) {
        require(one.begun().author().equals(stage.other().id()), "another author is contested");
        EvidenceVerdict verdict = device.verdict(name, true);
        require(
            verdict.conclusion() == Conclusion.CONFIRMED
                && verdict.accused().equals(Optional.of(stage.other().id())),
            "its evidence is " + verdict.conclusion() + ": " + verdict.why());
      }
    }
  }

  // What is left of it

  /** What the device has just said of it is on its way to the founder. */
  private void letFounderFollow(long position) {
    for (int i = 0; i < MOST_STEPS_BEHIND && stage.founder().position() < position; i++) {
      stage.bed().pass(STEP_MILLIS);
    }
  }

  /** The device is where it was, or further along the true log, and has what that makes. */
  private void requireNothingApplied(Before then) throws WrongException {
    BedDevice device = then.device();
    long position = device.position();
    Optional<Hash> root = device.rootAt(position);
    letFounderFollow(position);
    requireTrue(
        position >= then.position() && root.equals(stage.founder().rootAt(position)),
        "it holds another log of " + position + " files than there is");
    if (position == then.position()) {
      requireTrue(device.mergeDigest().equals(then.merged()), "it has merged something of it");
      if (then.shown().isPresent()) {
        requireTrue(device.visibleDigest().equals(then.shown().get()), "it shows something of it");
      }
    } else {
      Optional<Hash> truth = stage.truthAt(position);
      requireTrue(
          truth.isEmpty() || truth.get().equals(device.mergeDigest()),
          "it has merged something else than the log says");
    }
  }

  private static void requireTrue(boolean holds, String otherwise) throws WrongException {
    if (!holds) {
      throw new WrongException("applied: " + otherwise, true);
    }
  }

  private void requireGoingOn(Before then) throws WrongException {
    BedDevice device = then.device();
    stage.repent();
    device.disconnect();
    int met = device.met().size();
    device.connect();
    if (lie.end() == Lie.End.STOPPED) {
      stage.bed().pass(PATIENCE_MILLIS);
      requireNothingApplied(then);
      device.disconnect();
      return;
    }
    stage.settle();
    stage.write(stage.founder());
    stage.settle();
    List<SealiftException> since = device.met().subList(met, device.met().size()).stream()
        .filter(one -> !NO_ANSWER.contains(one.code()))
        .toList();
    require(since.isEmpty(), "it blames the truth: " + Stage.brief(since));
    BedDevice founder = stage.founder();
    requireTrue(
        device.position() == founder.position()
            && device.mergeDigest().equals(founder.mergeDigest())
            && device.visibleDigest().equals(founder.visibleDigest()),
        "in the end it has something else than others: "
            + Set.of(device, founder).stream()
                .map(BedDevice::state)
                .collect(Collectors.joining("; ")));
  }

  private static void require(boolean holds, String otherwise) throws WrongException {
    if (!holds) {
      throw new WrongException(otherwise);
    }
  }
}
