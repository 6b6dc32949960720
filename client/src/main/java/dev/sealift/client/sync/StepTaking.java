package dev.sealift.client.sync;

import dev.sealift.client.compact.StepRange;
import dev.sealift.client.store.FetchedFile;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SequenceSpan;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Entries;
import dev.sealift.protocol.proto.FetchEntries;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outline;
import dev.sealift.protocol.proto.OutlineFiles;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Step;
import dev.sealift.protocol.proto.StepList;
import dev.sealift.protocol.proto.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings a device forward by compactions instead of the files that they cover, over one connection: from a position to the base of one, and from there on, as long as the mesh knows of one that is worth it.
 *
 * <pre>
 * asking ─▶ scouting to the base ─▶ scouting to the head ─▶ fetching parts ─▶ taken: asking again ─▶ … ─▶ over
 *      └──────────────┴──────────────────┴──────────────────────┴──▶ over, by the files
 * </pre>
 *
 * <p>What the mesh tells is a hint: a step is taken when its parts, the log around them and what others say of them make it good, and else the files are. Nothing but a whole step changes what is held.
 */
final class StepTaking {
  /** To go so few files by steps is not worth to lose them: who has them can compact, attest, and give them back to a mesh that lost them. */
  static final long LEAST_FILES = 256;

  private static final long STEPS_REQUEST = 3;
  private static final long OUTLINE_REQUEST = 4;
  private static final long ENTRIES_REQUEST = 5;

  /** Steps of one connection: each leads further, so an honest mesh has no more than tells at once. */
  private static final int MOST_STEPS = Limits.MAX_STEPS;

  private final Replica replica;
  private final Consumer<Frame> out;
  private int taken;
  private boolean isAnyOffered;
  private @Nullable UnderWay underWay;

  /** A step that is looked at. */
  private static final class UnderWay {
    final Step step;
    final Scout scout;
    final LogVerifier verifier;

    /** Where it leads, once that is known. */
    @Nullable
    SeenLog base;

    /** Once all is known of the log that can be. */
    @Nullable
    StepParts parts;

    int fetched;

    /** Heads that parts were shown by, and that the scout has yet to come to. */
    final TreeMap<Long, Hash> owed = new TreeMap<>();

    UnderWay(Step step, Scout scout, LogVerifier verifier) {
      this.step = step;
      this.scout = scout;
      this.verifier = verifier;
    }

    /** A head has to be of the log that is scouted. */
    void owe(TreeHead head) throws MeshViolationException, StepRefusedException {
      if (head.size() < scout.reached()) {
        throw new StepRefusedException("the mesh knows less of the log than before");
      }
      Hash other = owed.putIfAbsent(head.size(), head.root());
      if (other != null && !other.equals(head.root())) {
        throw forked(head.size());
      }
      meet();
    }

    /** Compares the heads that are reached. */
    void meet() throws MeshViolationException {
      Hash root = owed.remove(scout.reached());
      if (root != null && !root.equals(scout.root())) {
        throw forked(scout.reached());
      }
    }

    /** Up to where it is scouted next; 0 for the head. */
    long next() {
      if (base == null) {
        return step.getBase();
      }
      return owed.isEmpty() ? 0 : owed.firstKey();
    }

    private static MeshViolationException forked(long size) {
      return new MeshViolationException(
          Violation.FORKED, size, "the notary has signed two different logs of one size");
    }

    List<Long> wanted() {
      List<Long> left = step.getPartsList().subList(fetched, step.getPartsCount());
      return left.subList(0, Math.min(left.size(), Limits.MAX_FETCH_ENTRIES));
    }
  }

  StepTaking(Replica replica, Consumer<Frame> out) {
    this.replica = replica;
    this.out = out;
  }

  /** Asks the mesh which steps there are. */
  void begin() {
    underWay = null;
    replica.steps().forget(); // what another connection fetched
    out.accept(Frame.newBuilder()
        .setSteps(Steps.newBuilder()
            .setRequest(STEPS_REQUEST)
            .setAfterSequence(replica.needsFullStep() ? 0 : replica.log().position()))
        .build());
  }

  /** Whether the mesh has told of a compaction at all. */
  boolean isAnyOffered() {
    return isAnyOffered;
  }

  /**
   * Takes an answer.
   *
   * @return whether no more steps are to be taken
   * @throws FormatException when it is not what was asked for
   */
  boolean receive(Frame frame) throws MeshViolationException, FormatException {
    try {
      return switch (frame.getBodyCase()) {
        case STEP_LIST -> listed(frame.getStepList());
        case OUTLINE_FILES -> outlined(frame.getOutlineFiles());
        case ENTRIES -> fetched(frame.getEntries());
        default ->
          throw new FormatException("the mesh sent a frame that has no place in this state");
      };
    } catch (StepRefusedException e) {
      replica.steps().forget();
      return true;
    }
  }

  private static void expect(boolean holds) throws FormatException {
    if (!holds) {
      throw new FormatException("the mesh answered what was not asked");
    }
  }

  // Which

  private boolean listed(StepList list) throws MeshViolationException, FormatException {
    expect(list.getRequest() == STEPS_REQUEST && underWay == null);
    replica.learnHead(list.getSignedHead());
    isAnyOffered |= list.getStepsCount() > 0;
    Optional<Step> next = list.getStepsList().stream().findFirst().filter(this::leadsOn);
    boolean worth =
        leadsTo(list) - replica.log().position() >= LEAST_FILES || taken > 0 || replica.needsStep();
    if (next.isEmpty() || !worth || taken == MOST_STEPS) {
      return true;
    }
    LogVerifier verifier = replica.verifier();
    Step step = next.get();
    Scout scout = new Scout(replica.space().orElseThrow(), verifier, replica.log(), step.getBase());
    underWay = new UnderWay(step, scout, verifier);
    outline(underWay);
    return false;
  }

  private static long leadsTo(StepList list) {
    return list.getStepsList().stream().mapToLong(Step::getBase).max().orElse(0);
  }

  private boolean leadsOn(Step step) {
    long position = replica.log().position();
    long files = step.getBase() - position;
    return step.getFirst() >= 1
        && step.getFirst() - 1 <= position
        && files > 0
        && replica.mayTake(step.getFirst(), step.getBase())
        && step.getBase() < Limits.MAX_SEQUENCE
        && step.getPartsCount() > 0
        && step.getPartsCount() <= Limits.MAX_COMPACTION_PARTS
        && (step.getPartsCount() <= files || replica.needsStep())
        && ascends(step.getPartsList());
  }

  private static boolean ascends(List<Long> sequences) {
    return IntStream.range(1, sequences.size())
        .allMatch(i -> sequences.get(i - 1) < sequences.get(i));
  }

  // What the log is there

  private void outline(UnderWay at) {
    out.accept(Frame.newBuilder()
        .setOutline(Outline.newBuilder()
            .setRequest(OUTLINE_REQUEST)
            .setAfterSequence(at.scout.reached())
            .setUpTo(at.next()))
        .build());
  }

  private boolean outlined(OutlineFiles files)
      throws MeshViolationException, FormatException, StepRefusedException {
    UnderWay at = underWay;
    expect(files.getRequest() == OUTLINE_REQUEST && at != null);
    long before = at.scout.reached();
    long upTo = at.next();
    at.scout.take(files);
    long reached = at.scout.reached();
    if (at.parts != null) {
      expect(at.parts.isWhole());
      if (reached == before || reached > upTo) {
        throw new StepRefusedException("the log does not go where the mesh says");
      }
      at.meet();
      return settle(at);
    }
    if (at.base == null && (reached == before || reached > at.step.getBase())
        || reached == before && !at.scout.isAtHead()) {
      throw new StepRefusedException("the log does not go where the mesh says");
    }
    if (at.base == null && reached == at.step.getBase()) {
      at.base = new SeenLog(reached, at.scout.root());
    } else if (at.base != null && at.scout.isAtHead()) {
      at.parts = new StepParts(
          at.verifier,
          at.scout,
          new SequenceSpan(at.step.getFirst(), at.step.getBase()),
          at.base,
          at.step.getPartsCount());
      fetch(at);
      return false;
    }
    outline(at);
    return false;
  }

  // What it has

  private void fetch(UnderWay at) {
    out.accept(Frame.newBuilder()
        .setFetchEntries(
            FetchEntries.newBuilder().setRequest(ENTRIES_REQUEST).addAllSequences(at.wanted()))
        .build());
  }

  private boolean fetched(Entries entries)
      throws MeshViolationException, FormatException, StepRefusedException {
    UnderWay at = underWay;
    expect(entries.getRequest() == ENTRIES_REQUEST && at != null && at.parts != null);
    List<Long> wanted = at.wanted();
    if (entries.getEntriesCount() == 0) {
      throw new StepRefusedException("the log has no such file");
    }
    expect(entries.getEntriesCount() <= wanted.size());
    SignedTreeHead head = at.verifier.checkHead(entries.getSignedHead(), replica.log());
    at.owe(head.head());
    List<FetchedFile> files = new ArrayList<>();
    for (int i = 0; i < entries.getEntriesCount(); i++) {
      ProvenEntry proven = entries.getEntries(i);
      expect(proven.getSequence() == wanted.get(i));
      SignedHeader file = at.verifier.checkEntry(proven, head);
      at.parts.take(proven.getSequence(), file, proven.getEntry().getServerTimeMillis());
      files.add(fetched(proven, file));
    }
    replica.steps().keep(files);
    at.fetched += files.size();
    if (!at.parts.isWhole()) {
      fetch(at);
      return false;
    }
    return settle(at);
  }

  /** All heads that parts were shown by have to be of the log that was scouted, which is scouted on as far as they go. */
  private boolean settle(UnderWay at) throws MeshViolationException, StepRefusedException {
    StepParts parts = Objects.requireNonNull(at.parts);
    if (!at.owed.isEmpty()) {
      outline(at);
      return false;
    }
    parts.requireStanding();
    replica.takeStep(at.scout, new StepRange(at.step.getFirst(), at.step.getBase()));
    taken++;
    begin();
    return false;
  }

  private static FetchedFile fetched(ProvenEntry proven, SignedHeader file) {
    return new FetchedFile(
        proven.getSequence(),
        proven.getEntry().getServerTimeMillis(),
        proven.getEntry().getBase(),
        Bytes.of(file.toByteArray()),
        Bytes.of(proven.getEntry().getPayload().toByteArray()));
  }
}
