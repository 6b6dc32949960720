package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Restoration;
import dev.sealift.protocol.proto.Rules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges files that a device brings back to a restored mesh: they belong where they are said to, if the tree with them in it is a beginning
 * of one whose head this mesh's notary has signed. Nothing else is asked of them, since all of it was when they were admitted: no clock, no
 * quota, no rate. What the log needs to go on (chains, membership) is followed on the way.
 */
final class Restoring {
  private final VerifyingKey notary;
  private final FileChecks checks;

  Restoring(VerifyingKey notary) {
    this.notary = notary;
    this.checks = new FileChecks(notary);
  }

  /**
   * What becomes of a request.
   *
   * @param verdicts one a file
   * @param proven the head that the request proved the log to have had. Only files that were missing prove one: with nothing but files that are
   *     back, anybody could name any
   */
  record Judged(List<Verdict> verdicts, Optional<Recovery.Proof> proven) {}

  /**
   * The incarnations that the device brings along, which prove themselves; none when one of them is not the notary's.
   *
   * @param known already
   */
  List<SignedIncarnation> told(Ask.Admit ask, SpaceState state, Recovery known) {
    List<ByteString> told = ask.restoration().orElseThrow().getIncarnationsList();
    List<SignedIncarnation> read = new ArrayList<>();
    if (told.size() > Limits.MAX_INCARNATIONS) {
      return List.of();
    }
    for (ByteString exact : told) {
      Optional<SignedIncarnation> signed = read(exact, ask.space());
      boolean isKnown =
          signed.filter(one -> state.restorations().has(one) || known.has(one)).isPresent();
      if (signed.isEmpty() || !isKnown && !signed.get().verify(notary)) {
        return List.of();
      }
      if (!isKnown) {
        read.add(signed.get());
      }
    }
    return read;
  }

  private static Optional<SignedIncarnation> read(ByteString exact, SpaceId space) {
    try {
      return Optional.of(SignedIncarnation.parse(exact))
          .filter(signed -> signed.incarnation().space().equals(space));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** Files that are back are looked up like any that was admitted before. */
  Judged judge(Ask.Admit ask, SpaceState state, Draft draft, Answers answers) {
    Restoration restoration = ask.restoration().orElseThrow();
    long first = restoration.getFirstSequence();
    if (!state.restorations().isRecovering() || first < 1 || first > draft.size() + 1) {
      return refuseAll(ask, Refused.because(RefusalCode.REFUSAL_CODE_BUSY));
    }
    Optional<Recovery.Proof> proven = Optional.empty();
    try {
      List<SignedHeader> files = files(ask);
      int back = (int) Math.min(files.size(), draft.size() + 1 - first);
      List<Verdict> verdicts = new ArrayList<>();
      for (SignedHeader file : files.subList(0, back)) {
        verdicts.add(Admission.earlier(file, draft, answers)
            .orElseThrow(() -> Refused.because(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD)));
      }
      if (back < files.size()) {
        List<Long> bases = bases(ask.candidates(), files, back, draft, answers);
        proven = Optional.of(prove(restoration, ask, files, back, draft, bases));
        verdicts.addAll(putBack(ask.candidates(), files, back, state, draft, answers, bases));
      }
      return new Judged(verdicts, proven);
    } catch (Refused refused) {
      return refuseAll(ask, refused);
    }
  }

  private static Judged refuseAll(Ask.Admit ask, Refused refused) {
    return new Judged(
        ask.candidates().stream()
            .<Verdict>map(candidate -> new Verdict.Denied(refused.refusal()))
            .toList(),
        Optional.empty());
  }

  private static List<SignedHeader> files(Ask.Admit ask) throws Refused {
    List<SignedHeader> files = new ArrayList<>();
    for (Candidate candidate : ask.candidates()) {
      SignedHeader file = FileChecks.format(candidate);
      FileChecks.space(file, ask);
      FileChecks.payload(file, candidate);
      if (HouseRules.isAboutCompactions(file) && !HouseRules.isNoted(candidate)) {
        throw Refused.because(
            RefusalCode.REFUSAL_CODE_BUSY); // until a store of this version has it
      }
      files.add(file);
    }
    return files;
  }

  /** Of the files from {@code from} on, as they were when these were admitted: they follow from what stands before, so nobody need say them. */
  private static List<Long> bases(
      List<Candidate> candidates, List<SignedHeader> files, int from, Draft draft, Answers answers)
      throws Refused {
    SpaceRules rules = draft.membership().map(Membership::rules).orElseGet(() -> founded(files));
    Map<DeviceId, Long> heads = new HashMap<>();
    Map<Dot, Long> places = new HashMap<>();
    List<Long> bases = new ArrayList<>();
    for (int i = from; i < files.size(); i++) {
      FileHeader file = files.get(i).header();
      Long before = heads.get(file.device());
      long base = before == null ? draft.base(file.device(), answers) : before;
      if (rules.isByArrival()) {
        for (FileDot named : file.buildsOn()) {
          Dot dot = Dot.of(named);
          Long place = places.get(dot);
          base = Math.max(base, place == null ? draft.place(dot, answers) : place);
        }
      }
      bases.add(base);
      long place = rules.publicPlace(candidates.get(i).serverTimeMillis(), base, file.time());
      heads.put(file.device(), place);
      places.put(Dot.of(file), place);
    }
    return bases;
  }

  /** The rules of a space whose first file is the first of these; whether it is one is seen later. */
  private static SpaceRules founded(List<SignedHeader> files) {
    try {
      return SpaceRules.parse(files
          .get(0)
          .header()
          .membership()
          .map(change -> change.getGenesis().getRules())
          .orElse(Rules.getDefaultInstance()));
    } catch (FormatException e) {
      return SpaceRules.defaults();
    }
  }

  private Recovery.Proof prove(
      Restoration restoration,
      Ask.Admit ask,
      List<SignedHeader> files,
      int back,
      Draft draft,
      List<Long> bases)
      throws Refused {
    CompactTree tree = draft.tree();
    for (int i = back; i < files.size(); i++) {
      long time = ask.candidates().get(i).serverTimeMillis();
      tree.append(new Leaf(
              ask.space(),
              tree.size() + 1,
              time,
              bases.get(i - back),
              files.get(i).id())
          .hash());
    }
    return provenHead(tree, restoration, ask.space())
        .map(head -> new Recovery.Proof(head, tree.size()))
        .orElseThrow(() -> Refused.because(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD));
  }

  /** Of whatever incarnation it is: the notary has signed nothing but what was there. */
  private Optional<TreeHead> provenHead(CompactTree tree, Restoration restoration, SpaceId space) {
    try {
      SignedTreeHead signed = SignedTreeHead.parse(restoration.getSignedHead());
      boolean proven = signed.head().space().equals(space)
          && restoration.getConsistencyCount() <= Limits.MAX_PROOF_HASHES
          && Proofs.verifyConsistency(
              tree.size(),
              signed.head().size(),
              tree.root(),
              signed.head().root(),
              Inquiry.hashes(restoration.getConsistencyList()))
          && signed.verify(notary);
      return proven ? Optional.of(signed.head()) : Optional.empty();
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** All of them, or none: they are tried in a draft that nobody else sees, since others' files may be in this one. */
  private List<Verdict> putBack(
      List<Candidate> candidates,
      List<SignedHeader> files,
      int from,
      SpaceState state,
      Draft draft,
      Answers answers,
      List<Long> bases)
      throws Refused {
    Draft trial = Draft.on(draft);
    List<Tried> tried = new ArrayList<>();
    for (int i = from; i < files.size(); i++) {
      Candidate candidate = candidates.get(i);
      SignedHeader file = files.get(i);
      Membership after = membershipAfter(candidate, file, trial);
      Tried one = new Tried(
          file,
          candidate,
          after,
          bases.get(i - from),
          Bearing.of(file, after, state, trial, answers));
      one.appendTo(trial);
      tried.add(one);
    }
    List<Verdict> verdicts = new ArrayList<>();
    tried.forEach(one -> verdicts.add(one.appendTo(draft)));
    return verdicts;
  }

  /** A file that can go back to its place. */
  private record Tried(
      SignedHeader file, Candidate candidate, Membership after, long base, Bearing bearing) {
    Verdict appendTo(Draft draft) {
      return draft.append(
          file, candidate.payload(), after, candidate.serverTimeMillis(), base, bearing);
    }
  }

  private Membership membershipAfter(Candidate candidate, SignedHeader file, Draft draft)
      throws Refused {
    Optional<Membership> before = draft.membership();
    if (candidate.serverTimeMillis() <= draft.lastServerTimeMillis()) {
      throw Refused.because(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
    }
    if (before.isEmpty()) {
      checks.opensSpace(file);
    }
    FileChecks.chain(file, draft.chainHead(file.header().device()));
    return before.isEmpty()
        ? FileChecks.genesis(file)
        : FileChecks.change(file, before.get(), candidate.serverTimeMillis());
  }
}
