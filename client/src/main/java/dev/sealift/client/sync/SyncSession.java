package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Credit;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Steps;
import dev.sealift.protocol.proto.Subscribe;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.Handshake;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection's conversation with a gateway, as a state machine: frames and local changes in, frames out. It has no thread,
 * socket or clock; what it learns goes to the {@link Replica}, and is durable there before anything is answered.
 *
 * <pre>
 * GREETING ──Challenge──▶ PROVING ──Welcome──▶ SYNCING        (Hello and Prove are sent on the way)
 *    │                       │                     ▲  by way of SCOUTING for keys, and of STEPPING
 *    │                       └────── or ──────▶ RESTORING ─▶ over: later again
 *    │                                            │
 *    └─ a space without a notary is founded ──────┴─▶ over: connect again
 * </pre>
 *
 * <p>While SYNCING it gets before it puts: nothing is packed or sent before everything is held that the log had at the
 * Welcome. After that {@link Uploads} packs and sends.
 */
final class SyncSession {
  /** What the mesh may send ahead of what was applied: a few of the largest frames, so that the link never runs dry. */
  static final int CREDIT_BYTES = 4 << 20;

  /** Credit goes back in portions: a message for each small frame would cost as much as the frame. */
  private static final int CREDIT_PORTION_BYTES = CREDIT_BYTES / 8;

  private static final long INVITATION_REQUEST = 1;

  /** Asks for nothing but the log's present head: nothing comes after the last sequence. */
  private static final long HEAD_REQUEST = 2;

  /** Asks which compactions stand. */
  private static final long STANDING_REQUEST = 6;

  /** How a session stands. */
  enum Stage {
    GREETING,
    PROVING,
    /** It looks for keys in the outline of the log. */
    SCOUTING,
    /** It goes on by compactions, as far as they lead. */
    STEPPING,
    SYNCING,
    /** The mesh was restored from an older state and takes back what this device holds; nothing else. */
    RESTORING,
    /** Nothing more comes of this connection; the next one goes on. */
    OVER
  }

  private final Replica replica;
  private final Consumer<Frame> out;
  private final ByteString clientNonce;
  private final boolean omitOwnPayloads;
  private Stage stage = Stage.GREETING;
  private @Nullable Handshake handshake;
  private @Nullable WelcomeStatement said;
  private long welcomeSize;
  private long lastQuestion;
  private long questionUnderWay;
  private long answered;
  private boolean gotSomewhere;
  private boolean isStandingAsked;
  private boolean taken;
  private int creditOwed;
  private long reported;
  private Set<DeviceHint> toldHints = Set.of();
  private final Uploads uploads;
  private final StepTaking stepTaking;
  private final PositionAsking positionAsking;
  private @Nullable KeyScouting keyScouting;
  private @Nullable Restorer restorer;
  private long recoveringMillis;

  /**
   * @param question the last question for the log's present head so far: the Welcome answers it
   * @param clientNonce 32 random bytes
   * @param omitOwnPayloads false when this device's own files are to be fetched too, because its home was copied
   */
  SyncSession(
      Replica replica,
      ByteString clientNonce,
      boolean omitOwnPayloads,
      long question,
      Consumer<Frame> out) {
    this.lastQuestion = question;
    this.questionUnderWay = question;
    this.answered = question;
    this.replica = replica;
    this.clientNonce = clientNonce;
    this.omitOwnPayloads = omitOwnPayloads;
    this.out = out;
    this.uploads = new Uploads(replica, out);
    this.stepTaking = new StepTaking(replica, out);
    this.positionAsking = new PositionAsking(replica, out);
  }

  void open() {
    Hello.Builder hello = Hello.newBuilder()
        .setMinVersion(Limits.PROTOCOL_VERSION)
        .setMaxVersion(Limits.PROTOCOL_VERSION)
        .setDevice(replica.keys().publicKeys().toProto())
        .setClientNonce(clientNonce);
    replica.space().map(SpaceId::byteString).ifPresent(hello::setSpace);
    joiningWith()
        .map(invitation -> invitation.publicKeys().signing().byteString())
        .ifPresent(hello::setInvitation);
    replica.admissionToken().ifPresent(hello::setAdmissionToken);
    out.accept(Frame.newBuilder().setHello(hello).build());
  }

  Stage stage() {
    return stage;
  }

  /** Whether everything is held that the log is known to have, and the mesh has everything of this device. */
  boolean isUpToDate() {
    return holdsAllKnown() && replica.isMember() && uploads.isDrained();
  }

  /** Whether this connection has brought or taken anything, so that it was worth making. */
  boolean gotSomewhere() {
    return gotSomewhere;
  }

  /** Why the mesh does not take now all that this device has for it, though it may be read; empty when it does. */
  Optional<MeshBusyException> held() {
    return uploads.held();
  }

  /** What is to be told though the exchange goes on: what is held, or else what is refused for good. */
  Optional<SealiftException> problem() {
    return uploads
        .held()
        .<SealiftException>map(why -> why)
        .or(uploads::refusedForGood)
        .or(replica::readsOnly);
  }

  /** Whether the mesh, with the last frame, took something of this device, and nothing is held any more. */
  boolean isHoldOver() {
    return taken && uploads.isNothingHeld();
  }

  /** Sends again what the mesh did not take. */
  void retryHeld() throws FormatException {
    uploads.release();
    pump();
  }

  /** Whether the mesh was asked something that it has not answered yet. */
  boolean isOwedAnswer() {
    return stage != Stage.SYNCING
        || questionUnderWay != answered
        || replica.needsInvitationFile()
        || uploads.isAnyUnderWay();
  }

  /** Of files that were sent and have no answer yet. */
  long unansweredBytes() {
    Restorer restoring = restorer;
    return uploads.bytesUnderWay() + (restoring == null ? 0 : restoring.bytesUnderWay());
  }

  /** Whether the mesh has not said yet where the space stands. */
  boolean isGreeting() {
    return stage == Stage.GREETING || stage == Stage.PROVING;
  }

  /** The last question for the log's present head that has its answer. */
  long answered() {
    return answered;
  }

  /** Somebody wants to know whether the log has grown, without waiting until the mesh says so; {@link #pump} asks. */
  void ask(long question) {
    lastQuestion = Math.max(lastQuestion, question);
  }

  /** Whether everything is held that the log had when this connection began: get before put. */
  boolean isCaughtUp() {
    return stage == Stage.SYNCING && replica.log().position() >= welcomeSize;
  }

  /**
   * Takes the next frame.
   *
   * @throws MeshViolationException when the mesh did what an honest one does not; nothing of the frame was applied
   * @throws SealiftException when the mesh refuses to serve this device, or cannot
   * @throws FormatException when the frame is malformed or out of place
   */
  void receive(Frame frame) throws MeshViolationException, FormatException {
    try {
      take(frame);
    } catch (MeshViolationException e) {
      if (e.hasEvidence() && (stage == Stage.SYNCING || frame.hasWelcome())) {
        caught(e, frame);
      }
      throw e;
    }
  }

  /** That it cannot be kept is no reason not to go by what it says. */
  private void caught(MeshViolationException e, Frame frame) {
    try {
      replica.caught(e, shown(frame), said(), omitOwnPayloads);
    } catch (SealiftException | StoreException | IllegalStateException failure) {
      e.addSuppressed(failure);
    }
  }

  /** Of positions the head alone is anybody else's business. */
  private static Frame shown(Frame frame) {
    return frame.hasPositions()
        ? Frame.newBuilder()
            .setAdvanced(
                Advanced.newBuilder().setSignedHead(frame.getPositions().getSignedHead()))
            .build()
        : frame;
  }

  private void take(Frame frame) throws MeshViolationException, FormatException {
    taken = false;
    switch (frame.getBodyCase()) {
      case PROBLEM -> problem(frame.getProblem());
      case GO_AWAY -> throw new MeshBusyException(frame.getGoAway().getRetryAfterMillis());
      default -> receiveInStage(frame);
    }
  }

  /** Of compactions the mesh need not be able to tell: this connection then goes by the files, if they are still there, and makes none. */
  private void problem(Problem problem) throws MeshViolationException, FormatException {
    long request = problem.getRequest();
    boolean isOfSteps = stage == Stage.STEPPING && StepTaking.asks(request);
    if (isOfSteps && !replica.needsStep()) {
      replica.steps().forget();
      syncOn();
    } else if (!positionAsking.isUnserved(request)
        && (request != STANDING_REQUEST || !isStandingAsked)) {
      throw Problems.toException(problem);
    } // else it stays unanswered
  }

  private void receiveInStage(Frame frame) throws MeshViolationException, FormatException {
    switch (stage) {
      case GREETING -> {
        expect(frame.hasChallenge());
        challenged(frame.getChallenge());
      }
      case PROVING -> {
        expect(frame.hasWelcome());
        welcomed(frame.getWelcome());
      }
      case SCOUTING -> receiveWhileScouting(frame);
      case STEPPING -> receiveWhileStepping(frame);
      case SYNCING -> receiveWhileSyncing(frame);
      case RESTORING -> {
        expect(frame.hasPutResult());
        gotSomewhere = true;
        restoreOn(Objects.requireNonNull(restorer).answered(frame.getPutResult()));
      }
      case OVER -> {}
    }
  }

  private void receiveWhileScouting(Frame frame) throws MeshViolationException, FormatException {
    if (frame.hasFiles()) {
      expect(frame.getFiles().getRequest() == INVITATION_REQUEST);
      received(frame.getFiles(), frame.getSerializedSize());
      return;
    }
    expect(frame.hasOutlineFiles());
    if (Objects.requireNonNull(keyScouting).receive(frame.getOutlineFiles())) {
      goOn();
    }
  }

  private void receiveWhileStepping(Frame frame) throws MeshViolationException, FormatException {
    long before = replica.log().position();
    if (frame.hasFiles()) {
      expect(frame.getFiles().getRequest() == INVITATION_REQUEST);
      received(frame.getFiles(), frame.getSerializedSize());
    } else if (stepTaking.receive(frame)) {
      syncOn();
    }
    gotSomewhere |= replica.log().position() > before;
  }

  private void receiveWhileSyncing(Frame frame) throws MeshViolationException, FormatException {
    switch (frame.getBodyCase()) {
      case FILES -> received(frame.getFiles(), frame.getSerializedSize());
      case PUT_RESULT -> answered(frame.getPutResult());
      case ADVANCED -> replica.learnHead(frame.getAdvanced().getSignedHead());
      case OFFER -> replica.duty().offer(frame.getOffer());
      case POSITIONS -> positionAsking.receive(frame.getPositions());
      case STEP_LIST -> {
        expect(frame.getStepList().getRequest() == STANDING_REQUEST && isStandingAsked);
        isStandingAsked = false;
        replica.duty().learn(frame.getStepList().getStepsList());
      }
      default -> expect(false);
    }
    pump();
  }

  private void challenged(Challenge challenge) throws FormatException {
    requireVersion(challenge);
    VerifyingKey notary = VerifyingKey.parse(challenge.getNotary());
    if (replica.notary().filter(pinned -> !pinned.equals(notary)).isPresent()) {
      throw new SealiftException(
          ErrorCode.WRONG_MESH,
          "This is not the mesh of the space: its key is another. Check the address, or who answers at it.");
    }
    ByteString space = replica.space().map(SpaceId::byteString).orElse(ByteString.EMPTY);
    Handshake made = handshake(notary, space, clientNonce, challenge.getServerNonce());
    requireProof(made, challenge);
    replica.learnMeshTime(challenge.getServerTimeMillis());
    if (replica.space().isEmpty()) {
      replica.found(notary);
      stage = Stage.OVER;
      return;
    }
    handshake = made;
    prove(made);
    stage = Stage.PROVING;
  }

  static void requireVersion(Challenge challenge) {
    if (challenge.getVersion() != Limits.PROTOCOL_VERSION) {
      throw new SealiftException(
          ErrorCode.MESH_VERSION,
          "The mesh speaks another version of the protocol. Update the app, or the mesh.");
    }
  }

  static void requireProof(Handshake made, Challenge challenge) {
    if (!made.verifyNotary(
        challenge.getSignature().toByteArray(), challenge.getServerTimeMillis())) {
      throw new SealiftException(
          ErrorCode.WRONG_MESH,
          "The mesh could not prove that it holds the key that it claims. Check the address.");
    }
  }

  /** @param space empty for none */
  static Handshake handshake(
      VerifyingKey notary, ByteString space, ByteString clientNonce, ByteString serverNonce)
      throws FormatException {
    if (serverNonce.size() != Handshake.NONCE_BYTES) {
      throw new FormatException("the mesh's nonce is not 32 bytes long");
    }
    return new Handshake(Limits.PROTOCOL_VERSION, notary, space, clientNonce, serverNonce);
  }

  private void prove(Handshake with) {
    SigningKey key = replica.keys().signing();
    Prove.Builder prove = Prove.newBuilder()
        .setSignature(ByteString.copyFrom(with.signAsDevice(key, replica.keys().id())));
    joiningWith()
        .map(invitation ->
            with.signAsInvitation(invitation.signing(), replica.keys().id()))
        .map(ByteString::copyFrom)
        .ifPresent(prove::setInvitationSignature);
    out.accept(Frame.newBuilder().setProve(prove).build());
  }

  /** The invitation that this device comes with, as long as the log has not made it a member. */
  private Optional<InvitationKeys> joiningWith() {
    return replica.isMember() ? Optional.empty() : replica.invitation();
  }

  /** What the mesh said of the space, and signed, as this connection began: for others to check; empty before the Welcome. */
  Optional<WelcomeStatement> said() {
    return Optional.ofNullable(said);
  }

  private void welcomed(Welcome welcome) throws MeshViolationException, FormatException {
    WelcomeStatement statement = checked(welcome);
    said = statement;
    replica.learnMeshTime(statement.serverTimeMillis());
    replica.duty().connected(welcome.getTakesCompactions());
    positionAsking.connected(welcome.getKeepsPositions());
    takeStepOn();
    boolean founding = !statement.known() && replica.log().position() == 0;
    if (statement.recoveringMillis() > 0 && !founding) {
      recover(statement);
      return;
    }
    replica.adopt(statement.incarnations());
    uploads.window(welcome.getPutWindowBytes());
    stage = Stage.SYNCING;
    Optional<SignedTreeHead> head = statement.signedHead();
    if (head.isEmpty()) {
      found();
      return;
    }
    welcomeSize =
        replica.verifier().checkPresentHead(head.get(), replica.log()).head().size();
    replica.believed(statement);
    takeIn();
  }

  /** Before anything of it is believed: whoever is on the way can send what the mesh said to another, or never. */
  private WelcomeStatement checked(Welcome welcome) throws FormatException {
    return WelcomeStatement.check(Objects.requireNonNull(handshake), welcome)
        .orElseThrow(
            () -> new SealiftException(
                ErrorCode.WRONG_MESH,
                "What came as the mesh's word is not signed by its key for this connection. Check the address, or who stands on the way there."));
  }

  /** Keys that are missing first; then by steps, where they spare something. */
  private void takeIn() throws MeshViolationException, FormatException {
    if (replica.needsInvitationFile()) {
      fetchInvitation();
    }
    if (replica.needsKeys()) {
      stage = Stage.SCOUTING;
      keyScouting = new KeyScouting(replica, out);
      keyScouting.ask();
    } else {
      goOn();
    }
  }

  private void goOn() throws MeshViolationException, FormatException {
    boolean isFar = welcomeSize - replica.log().position() >= StepTaking.LEAST_FILES;
    if (replica.needsStep() || isFar && replica.duty().isOn()) {
      stage = Stage.STEPPING;
      stepTaking.begin();
    } else {
      syncOn();
    }
  }

  private void takeStepOn() throws MeshViolationException {
    try {
      replica.takeStepOn();
    } catch (StepRefusedException e) {
      // It is forgotten; this connection brings another, or the files.
    }
  }

  /** By the files behind the position. */
  private void syncOn() throws MeshViolationException, FormatException {
    if (replica.isLeftUnfinished()) {
      replica.beginAnew();
      takeIn();
      return;
    }
    if (replica.needsStep()) {
      if (stepTaking.isAnyOffered()) {
        replica.stopAwaitingStep();
      } else if (replica.isLeftWithoutStep()) {
        throw new MeshViolationException(
            Violation.PAYLOAD_MISSING,
            replica.log().position() + 1,
            "the mesh has let go of files, and has no compaction in their place");
      }
      throw MeshBusyException.withoutStep();
    }
    stage = Stage.SYNCING;
    subscribe();
    pump();
  }

  /** The mesh has lost files, and says so: it gets back what it lacks, if this device has it. */
  private void recover(WelcomeStatement statement) throws MeshViolationException {
    stage = Stage.RESTORING;
    recoveringMillis = statement.recoveringMillis();
    Restorer made = replica.restorer(statement.incarnations(), out);
    restorer = made;
    Optional<SignedTreeHead> told = statement.signedHead();
    if (told.isEmpty()) {
      restoreOn(made.start(0));
      return;
    }
    LogVerifier verifier = replica.verifier();
    SignedTreeHead head = verifier.checkRestoredHead(
        told.get(), replica.genuine(statement.incarnations()), replica.log());
    boolean mayBring = verifier.isHeld(head, replica.log());
    restoreOn(mayBring ? made.start(head.head().size()) : made.tell(head.head().size()));
  }

  private void restoreOn(boolean more) {
    if (!more) {
      throw MeshBusyException.recovering(recoveringMillis);
    }
  }

  /** The mesh does not know the space: fine for one that is being founded, and a loss for any other. */
  private void found() {
    welcomeSize = 1;
    if (replica.log().position() > 0 || !uploads.sendGenesis()) {
      throw new SpaceLostException();
    }
  }

  private void subscribe() {
    out.accept(Frame.newBuilder()
        .setSubscribe(Subscribe.newBuilder()
            .setAfterSequence(replica.log().position())
            .setCreditBytes(CREDIT_BYTES)
            .setOmitOwnPayloads(omitOwnPayloads))
        .build());
  }

  /** The epoch key that opens everything stands with the invitation, behind most of what it opens: get it first. */
  private void fetchInvitation() {
    fetch(INVITATION_REQUEST, replica.invitationSequence() - 1);
  }

  private void fetch(long request, long afterSequence) {
    out.accept(Frame.newBuilder()
        .setFetch(Fetch.newBuilder()
            .setRequest(request)
            .setAfterSequence(afterSequence)
            .setMaxBytes(Limits.MAX_PAYLOAD_BYTES)
            .setMaxFiles(1))
        .build());
  }

  private void received(Files files, int frameBytes)
      throws MeshViolationException, FormatException {
    if (files.getRequest() == INVITATION_REQUEST) {
      expect(files.getEntriesCount() == 1 && replica.needsInvitationFile());
      LogEntry entry = files.getEntries(0);
      replica.learnInvitation(entry.getSignedHeader(), entry.getPayload());
      return;
    }
    if (files.getRequest() == HEAD_REQUEST) {
      replica.learnHead(files.getSignedHead());
      answered = questionUnderWay;
      return;
    }
    expect(files.getRequest() == 0);
    requireNoneReclaimed(files);
    VerifiedFiles verified = replica.verifier(omitOwnPayloads).check(files, replica.log());
    replica.apply(verified);
    gotSomewhere |= !verified.entries().isEmpty();
    give(frameBytes);
  }

  /** What a mesh has let go of has to be in a compaction that it has: the next connection goes by that. */
  private void requireNoneReclaimed(Files files) {
    long position = replica.log().position();
    long sequence = files.getFirstSequence();
    if (sequence < 1 || sequence > position + 1) {
      return; // it is no frame that follows, which is named
    }
    for (LogEntry entry : files.getEntriesList()) {
      if (sequence > position && entry.getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED) {
        replica.awaitStepTo(sequence);
        throw MeshBusyException.reclaimed();
      }
      sequence++;
    }
  }

  /** Whether the mesh does not know yet how far this device has got, or what speaks against giving it work. */
  boolean isReportDue() {
    return isCaughtUp()
        && (reported < replica.log().position() || !toldHints.equals(replica.hints()));
  }

  /** Tells the mesh how far this device has got, when that is on its disk. Cheap, but not for every frame. */
  void report() {
    PositionReport.Builder report = PositionReport.newBuilder();
    if (signsPositions()) {
      SignedPosition signed = replica.signedPosition();
      reported = signed.position().sequence();
      report.setSignedPosition(signed.exact());
    } else {
      reported = replica.durablePosition();
    }
    toldHints = replica.hints();
    out.accept(Frame.newBuilder()
        .setPosition(report
            .setSequence(reported)
            .addAllHints(toldHints.stream().map(DeviceHint::toProto).sorted().toList())
            .setTakesOffers(replica.duty().isOn()))
        .build());
  }

  /** Whether a report is also this device's word for where it is. */
  boolean signsPositions() {
    return positionAsking.areKept() && replica.isMember() && isCaughtUp();
  }

  /** Whether {@link #askPositions} is of use now; not more often than every few seconds. */
  boolean mayAskPositions() {
    return holdsAllKnown() && positionAsking.mayAsk();
  }

  /** Asks what other devices have signed that they hold. */
  void askPositions() {
    positionAsking.ask();
  }

  private void give(int bytes) {
    creditOwed += bytes;
    if (creditOwed >= CREDIT_PORTION_BYTES) {
      out.accept(
          Frame.newBuilder().setCredit(Credit.newBuilder().setBytes(creditOwed)).build());
      creditOwed = 0;
    }
  }

  private void answered(PutResult result) throws MeshViolationException, FormatException {
    boolean foundedNow = uploads.answered(result);
    taken = result.getOutcomes(0).hasReceipt();
    gotSomewhere |= taken;
    if (foundedNow) {
      subscribe();
    }
  }

  /** There may be something to send: local writes, a membership change, or room in the window. */
  void pump() throws FormatException {
    if (isCaughtUp()) {
      askOn();
      answerRules();
      compact();
      uploads.pump();
    }
  }

  /** While everything known of the log is held. */
  private void compact() throws FormatException {
    if (mayCompact()) {
      replica.attestIfDue();
    }
    if (!mayCompact() || replica.untilAttestingMillis() == 0) {
      return; // what it has to say goes first, one after the other
    }
    if (!isStandingAsked && replica.duty().isAskedFor(replica.log().position())) {
      isStandingAsked = true;
      out.accept(Frame.newBuilder()
          .setSteps(Steps.newBuilder().setRequest(STANDING_REQUEST))
          .build());
    } else if (!isStandingAsked) {
      replica.compactIfDue();
    }
  }

  private boolean mayCompact() {
    return replica.duty().isOn()
        && holdsAllKnown()
        && uploads.mayMakeOfCompactions()
        && !uploads.isCompactionRefused();
  }

  /** What is answered leaves with the other writes. */
  private void answerRules() {
    if (holdsAllKnown()) {
      replica.answerRules();
    }
  }

  private boolean holdsAllKnown() {
    LogState log = replica.log();
    return isCaughtUp() && log.position() >= log.knownSize();
  }

  /** How long until the rules have something to answer, or there is something to say of compactions, if nothing happens. */
  long untilDueMillis() {
    long rules = holdsAllKnown()
        ? Math.min(replica.untilRulesMillis(), replica.untilDebtMillis())
        : Long.MAX_VALUE;
    return mayCompact() ? Math.min(rules, replica.untilAttestingMillis()) : rules;
  }

  /** Time goes by. */
  void pumpIfDue() throws FormatException {
    if (untilDueMillis() == 0) {
      pump();
    }
  }

  private void askOn() {
    if (questionUnderWay == answered && questionUnderWay < lastQuestion) {
      questionUnderWay = lastQuestion;
      fetch(HEAD_REQUEST, Limits.MAX_SEQUENCE - 1);
    }
  }

  static void expect(boolean holds) throws FormatException {
    if (!holds) {
      throw new FormatException("the mesh sent a frame that has no place in this state");
    }
  }
}
