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
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings a device forward by compactions instead of the files that they cover, over one connection: by a row of steps, each from where the one before leads.
 *
 * <pre>
 * asking ─▶ scouting to the head ─▶ fetching the parts of all ─▶ scouting on to what they were shown by ─▶ taken, one after the other ─▶ over
 *      └──────────────┴──────────────────────────┴─────────────────────────────┴──▶ over, by the files
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

  /** Behind which steps were asked for. */
  private long after;

  private boolean isAnyOffered;
  private @Nullable UnderWay underWay;

  /** Steps that are looked at. */
  private static final class UnderWay {
    final List<Step> steps;
    final Scout scout;
    final LogVerifier verifier;

    /** Of each step, once all is known of the log that can be. */
    List<StepParts> parts = List.of();

    /** The step whose parts come, and how many of them have. */
    int at;

    int fetched;

    /** Heads that parts were shown by, and that the scout has yet to come to. */
    final TreeMap<Long, Hash> owed = new TreeMap<>();

    UnderWay(List<Step> steps, Scout scout, LogVerifier verifier) {
      this.steps = steps;
      this.scout = scout;
      this.verifier = verifier;
    }

    /** The log is known to the head: where each step begins and leads. */
    void scouted() throws StepRefusedException {
      List<StepParts> all = new ArrayList<>();
      for (Step step : steps) {
        Hash root = scout
            .rootAt(step.getBase())
            .orElseThrow(() -> new StepRefusedException("the log does not go where the mesh says"));
        all.add(new StepParts(
            verifier,
            scout,
            new SequenceSpan(step.getFirst(), step.getBase()),
            new SeenLog(step.getBase(), root),
            step.getPartsCount()));
      }
      parts = all;
    }

    boolean isScouted() {
      return !parts.isEmpty();
    }

    boolean isFetched() {
      return at == steps.size();
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
      return owed.isEmpty() ? 0 : owed.firstKey();
    }

    private static MeshViolationException forked(long size) {
      return new MeshViolationException(
          Violation.FORKED, size, "the notary has signed two different logs of one size");
    }

    /** The parts that come next, of as many steps as go into one question: sequences in it rise. */
    List<Long> wanted() {
      List<Long> wanted = new ArrayList<>();
      for (int i = at; i < steps.size(); i++) {
        List<Long> all = steps.get(i).getPartsList();
        for (long sequence : all.subList(i == at ? fetched : 0, all.size())) {
          boolean rises = wanted.isEmpty() || wanted.get(wanted.size() - 1) < sequence;
          if (!rises || wanted.size() == Limits.MAX_FETCH_ENTRIES) {
            return wanted;
          }
          wanted.add(sequence);
        }
      }
      return wanted;
    }

    /** The next part. */
    void take(long sequence, SignedHeader file, long serverTimeMillis)
        throws StepRefusedException, MeshViolationException, FormatException {
      parts.get(at).take(sequence, file, serverTimeMillis);
      fetched++;
      if (parts.get(at).isWhole()) {
        at++;
        fetched = 0;
      }
    }
  }

  StepTaking(Replica replica, Consumer<Frame> out) {
    this.replica = replica;
    this.out = out;
  }

  /** Whether it asks something under that number. */
  static boolean asks(long request) {
    return request == STEPS_REQUEST || request == OUTLINE_REQUEST || request == ENTRIES_REQUEST;
  }

  /** Asks the mesh which steps there are. */
  void begin() {
    underWay = null;
    replica.steps().forget(); // what another connection fetched
    after = replica.needsFullStep() ? 0 : replica.log().position();
    out.accept(Frame.newBuilder()
        .setSteps(Steps.newBuilder().setRequest(STEPS_REQUEST).setAfterSequence(after))
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
    if (after == 0) {
      replica.duty().learn(list.getStepsList()); // all that stand: no need to ask again for that
    }
    List<Step> row = row(list);
    boolean worth =
        leadsTo(row) - replica.log().position() >= LEAST_FILES || taken > 0 || replica.needsStep();
    if (row.isEmpty() || !worth) {
      return true;
    }
    LogVerifier verifier = replica.verifier();
    List<Long> bases = row.stream().map(Step::getBase).toList();
    underWay = new UnderWay(
        row,
        new Scout(
            replica.space().orElseThrow(),
            verifier,
            replica.log(),
            bases,
            replica.contentKeys().search(replica.space().orElseThrow())),
        verifier);
    outline(underWay);
    return false;
  }

  /** Steps that lead on, each from where the one before leads. */
  private List<Step> row(StepList list) {
    List<Step> row = new ArrayList<>();
    long position = replica.log().position();
    for (Step step : list.getStepsList()) {
      if (row.size() + taken == MOST_STEPS || !leadsOn(step, position)) {
        break;
      }
      row.add(step);
      position = step.getBase();
    }
    return row;
  }

  private static long leadsTo(List<Step> row) {
    return row.isEmpty() ? 0 : row.get(row.size() - 1).getBase();
  }

  private boolean leadsOn(Step step, long position) {
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
            .setUpTo(at.next())
            .addAllStops(at.scout.stops()))
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
    if (at.isScouted()) {
      expect(at.isFetched());
      if (reached == before || reached > upTo) {
        throw new StepRefusedException("the log does not go where the mesh says");
      }
      at.meet();
      return settle(at);
    }
    if (at.scout.isAtHead()) {
      at.scouted();
      fetch(at);
    } else if (reached == before) {
      throw new StepRefusedException("the log does not go where the mesh says");
    } else {
      outline(at);
    }
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
    expect(
        entries.getRequest() == ENTRIES_REQUEST && at != null && at.isScouted() && !at.isFetched());
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
      at.take(proven.getSequence(), file, proven.getEntry().getServerTimeMillis());
      files.add(fetched(proven, file));
    }
    replica.steps().keep(files);
    if (!at.isFetched()) {
      fetch(at);
      return false;
    }
    return settle(at);
  }

  /** All heads that parts were shown by have to be of the log that was scouted, which is scouted on as far as they go. */
  private boolean settle(UnderWay at) throws MeshViolationException, StepRefusedException {
    if (!at.owed.isEmpty()) {
      outline(at);
      return false;
    }
    for (int i = 0; i < at.steps.size(); i++) {
      at.parts.get(i).requireStanding();
      Step step = at.steps.get(i);
      replica.takeStep(at.scout, new StepRange(step.getFirst(), step.getBase()));
      taken++;
    }
    if (taken < MOST_STEPS && at.steps.size() == Limits.MAX_STEPS) {
      begin(); // the mesh tells no more at once
      return false;
    }
    return true;
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
