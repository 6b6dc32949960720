package dev.sealift.merge;

import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.Optional;

/**
 * What a file must fulfil, each check with the refusal it ends in. The README's table lists them in
 * the order in which {@link Admission} calls them: what costs nothing first, the signature, which
 * costs more than all others together, last but for the membership change that rests on it.
 */
final class FileChecks {
  private final VerifyingKey notary;

  FileChecks(VerifyingKey notary) {
    this.notary = notary;
  }

  static SignedHeader format(Candidate candidate) throws Refused {
    return candidate.header().orElseThrow(() -> Refused.because(candidate.flaw()));
  }

  static void space(SignedHeader file, Ask.Admit ask) throws Refused {
    require(file.space().equals(ask.space()), RefusalCode.REFUSAL_CODE_WRONG_SPACE);
  }

  /** A connection brings files of its own space only, and of its own device; or what others have handed over to that, or a restored mesh has lost. */
  static void address(SignedHeader file, Ask.Admit ask, SpaceState state) throws Refused {
    space(file, ask);
    require(mayBring(file.header(), ask, state), RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
  }

  static boolean mayBring(FileHeader header, Ask.Admit ask, SpaceState state) {
    return header.device().equals(ask.device())
        || mayBeHandedOver(header, ask, state)
        || state.membership().isPresent()
            && state.restorations().mayHaveLost(header, clockBound(state));
  }

  /** Events, from member to member. They are their author's all the same: signed by him, in his chain. */
  private static boolean mayBeHandedOver(FileHeader header, Ask.Admit ask, SpaceState state) {
    return header.kind() == FileKind.FILE_KIND_EVENTS
        && state
            .membership()
            .filter(membership -> membership.device(header.device()).isPresent()
                && membership.device(ask.device()).isPresent())
            .isPresent();
  }

  private static long clockBound(SpaceState state) {
    return state
        .membership()
        .map(membership -> membership.rules().clockBoundMillis())
        .orElse(0L);
  }

  /** Kinds that later versions serve are refused, not stored without their meaning. */
  static void supported(SignedHeader file) throws Refused {
    require(
        file.header().kind() != FileKind.FILE_KIND_BLOB_CHUNK,
        RefusalCode.REFUSAL_CODE_UNSUPPORTED);
  }

  /** Where ranks go by arrival an author does not know when his events will be over. */
  static void expiry(SignedHeader file, Membership membership) throws Refused {
    require(
        file.header().expiresAtMillis() == 0 || !membership.rules().isByArrival(),
        RefusalCode.REFUSAL_CODE_UNSUPPORTED);
  }

  /** The header's claim against what the store computed from the bytes that arrived. */
  static void payload(SignedHeader file, Candidate candidate) throws Refused {
    StagedPayload staged = candidate.payload();
    FileHeader header = file.header();
    require(
        staged.getLength() == header.payloadLength()
            && staged.getSha256().equals(header.payloadHash().byteString()),
        RefusalCode.REFUSAL_CODE_PAYLOAD_MISMATCH);
  }

  /** For a file whose counter is taken: by itself, or it comes too late. */
  static void same(SignedHeader file, FileId there, ChainHead head) throws Refused {
    if (!file.id().equals(there)) {
      throw Refused.ofChain(RefusalCode.REFUSAL_CODE_COUNTER_TAKEN, head);
    }
  }

  /** For a file whose counter is not taken: it must be the next one, and name the one before. */
  static void chain(SignedHeader file, ChainHead head) throws Refused {
    FileHeader header = file.header();
    if (header.counter() != head.nextCounter()) {
      throw Refused.ofChain(RefusalCode.REFUSAL_CODE_CHAIN_GAP, head);
    }
    if (!header.previous().equals(head.file())) {
      throw Refused.ofChain(RefusalCode.REFUSAL_CODE_WRONG_PREVIOUS, head);
    }
  }

  /** A part of a compaction stands directly behind the one before it. Whoever left one unfinished begins another with part 1. */
  static void part(SignedHeader file, Draft draft, Answers answers) throws Refused {
    FileHeader header = file.header();
    require(
        !Part.follows(header) || draft.part(header.device(), answers).isFollowedBy(Part.of(header)),
        RefusalCode.REFUSAL_CODE_BAD_SUPERSEDE);
  }

  /** Only of what is there and can still matter is anything said, and by each device once. */
  static void attestations(SignedHeader file, Draft draft, Answers answers) throws Refused {
    for (Attested said : file.header().attestations()) {
      Optional<Compaction> named = draft.compaction(Saying.of(said, file.header()), answers);
      require(
          named
              .filter(compaction -> !compaction.isSuperseded())
              .filter(compaction -> !compaction.hasHeard(said.isContested()))
              .isPresent(),
          RefusalCode.REFUSAL_CODE_BAD_ATTESTATION);
    }
  }

  /**
   * What something was reclaimed under cannot fall any more. That is asked of every file, also of one that a restoration lost: whoever comes later
   * could not come in by a compaction that the log says is contested.
   */
  static void contests(SignedHeader file, Draft draft, Answers answers) throws Refused {
    for (Attested said : file.header().attestations()) {
      if (said.isContested()) {
        require(
            draft
                .compaction(Saying.of(said, file.header()), answers)
                .filter(Compaction::isSealed)
                .isEmpty(),
            RefusalCode.REFUSAL_CODE_BAD_ATTESTATION);
      }
    }
  }

  /**
   * Whether a compaction is of this log, and not of one that a restoration lost, whose roots are other ones. It is admitted all the same,
   * and supersedes nothing.
   */
  static boolean holds(SignedHeader file, SpaceState state, Draft draft, Answers answers)
      throws Refused {
    SeenLog seen = file.header().seen();
    boolean isThere =
        file.header().kind() == FileKind.FILE_KIND_COMPACTION && seen.sequence() <= draft.size();
    return isThere
        && draft
            .rootAt(seen.sequence(), state, answers)
            .orElseThrow(() -> Refused.until(RefusalCode.REFUSAL_CODE_BUSY, 0)) // not looked up
            .equals(seen.root());
  }

  /** Only durable heads are ever signed, so what an author has seen is a prefix of what is durable. */
  static void seen(SignedHeader file, SpaceState state, Answers answers) throws Refused {
    SeenLog seen = file.header().seen();
    if (seen.sequence() == 0 || state.restorations().excuseSeen(file.header(), clockBound(state))) {
      return;
    }
    Optional<Hash> root = state.recentRoot(seen.sequence()).or(() -> answers.root(seen.sequence()));
    require(
        seen.sequence() <= state.size() && root.filter(seen.root()::equals).isPresent(),
        RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
  }

  /** In a space that is not there, only a genesis that pins this mesh is worth a closer look. */
  void opensSpace(SignedHeader file) throws Refused {
    require(file.header().isGenesis(), RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
    Genesis genesis = file.header().membership().orElseThrow().getGenesis();
    require(genesis.getNotary().equals(notary.byteString()), RefusalCode.REFUSAL_CODE_UNSUPPORTED);
  }

  /** Checks the founder's signature too. */
  static Membership genesis(SignedHeader file) throws Refused {
    try {
      return Membership.found(file);
    } catch (MembershipException e) {
      throw Refused.because(e.code());
    }
  }

  /** The key that must have signed: of a device that may write files of this kind. */
  static VerifyingKey author(SignedHeader file, Membership membership) throws Refused {
    if (!isMembership(file)) {
      require(
          membership.device(file.header().device()).filter(Device::mayWrite).isPresent(),
          RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    }
    return membership
        .authorKey(file)
        .orElseThrow(() -> Refused.because(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER));
  }

  static void clock(SignedHeader file, Membership membership, long nowMillis) throws Refused {
    long aheadMillis = file.header().time().millis() - nowMillis;
    if (aheadMillis > membership.rules().clockBoundMillis()) {
      throw Refused.clockAhead(nowMillis);
    }
  }

  /** What a file builds on stands before it. */
  static void buildsOn(SignedHeader file, Draft draft, Answers answers) throws Refused {
    for (FileDot dot : file.header().buildsOn()) {
      require(isThere(dot, draft, answers), RefusalCode.REFUSAL_CODE_BUILDS_ON_MISSING);
    }
  }

  private static boolean isThere(FileDot named, Draft draft, Answers answers) throws Refused {
    Dot dot = Dot.of(named);
    ChainHead head = draft.chainHead(dot.device());
    if (dot.counter() > head.counter()) {
      return false;
    }
    Optional<FileId> there = dot.counter() == head.counter()
        ? head.file()
        : draft.fileAt(dot).or(() -> answers.fileAt(dot));
    return there.orElseThrow(Refused::notLookedUp).equals(named.file());
  }

  /** What is sealed is sealed under the current key; or under an earlier one, where it may be what a restored mesh has lost. */
  static void epoch(SignedHeader file, Membership membership, SpaceState state) throws Refused {
    FileHeader header = file.header();
    boolean mayBeLost = membership.wasCurrent(header)
        && state.restorations().mayHaveLost(header, clockBound(state));
    require(membership.isCurrent(header) || mayBeLost, RefusalCode.REFUSAL_CODE_EPOCH_TOO_OLD);
  }

  static void signature(Candidate candidate, SignedHeader file, VerifyingKey author)
      throws Refused {
    require(candidate.isSignedBy(file, author), RefusalCode.REFUSAL_CODE_BAD_SIGNATURE);
  }

  /** The membership after the file, which only a membership file changes. */
  static Membership change(SignedHeader file, Membership membership, long serverTimeMillis)
      throws Refused {
    if (!isMembership(file)) {
      return membership;
    }
    try {
      return membership.apply(file, serverTimeMillis);
    } catch (MembershipException e) {
      throw Refused.because(e.code());
    }
  }

  private static boolean isMembership(SignedHeader file) {
    return file.header().kind() == FileKind.FILE_KIND_MEMBERSHIP;
  }

  private static void require(boolean holds, RefusalCode otherwise) throws Refused {
    if (!holds) {
      throw Refused.because(otherwise);
    }
  }
}
