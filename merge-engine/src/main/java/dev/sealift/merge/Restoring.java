package dev.sealift.merge;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Restoration;
import java.util.ArrayList;
import java.util.List;
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
  record Judged(List<Verdict> verdicts, Optional<TreeHead> proven) {}

  /** Files that are back are looked up like any that was admitted before. */
  Judged judge(Ask.Admit ask, SpaceState state, Draft draft, Answers answers) {
    Restoration restoration = ask.restoration().orElseThrow();
    long first = restoration.getFirstSequence();
    if (!state.restorations().isRecovering() || first < 1 || first > draft.size() + 1) {
      return refuseAll(ask, Refused.because(RefusalCode.REFUSAL_CODE_BUSY));
    }
    Optional<TreeHead> proven = Optional.empty();
    try {
      List<SignedHeader> files = files(ask);
      int back = (int) Math.min(files.size(), draft.size() + 1 - first);
      List<Verdict> verdicts = new ArrayList<>();
      for (SignedHeader file : files.subList(0, back)) {
        verdicts.add(Admission.earlier(file, draft, answers)
            .orElseThrow(() -> Refused.because(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD)));
      }
      if (back < files.size()) {
        proven = Optional.of(prove(restoration, ask, files, back, state, draft));
        for (int i = back; i < files.size(); i++) {
          verdicts.add(putBack(ask.candidates().get(i), files.get(i), draft));
        }
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
      files.add(file);
    }
    return files;
  }

  private TreeHead prove(
      Restoration restoration,
      Ask.Admit ask,
      List<SignedHeader> files,
      int back,
      SpaceState state,
      Draft draft)
      throws Refused {
    CompactTree tree = draft.tree();
    for (int i = back; i < files.size(); i++) {
      long time = ask.candidates().get(i).serverTimeMillis();
      tree.append(leaf(ask.space(), tree.size() + 1, time, files.get(i)));
    }
    return provenHead(tree, restoration, state)
        .orElseThrow(() -> Refused.because(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD));
  }

  private static Hash leaf(SpaceId space, long sequence, long timeMillis, SignedHeader file) {
    return new Leaf(space, sequence, timeMillis, Draft.NO_BASE, file.id()).hash();
  }

  private Optional<TreeHead> provenHead(
      CompactTree tree, Restoration restoration, SpaceState state) {
    try {
      SignedTreeHead signed = SignedTreeHead.parse(restoration.getSignedHead());
      boolean ofBefore = signed.head().space().equals(state.space())
          && signed.head().incarnation() <= state.restorations().incarnation();
      boolean proven = ofBefore
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

  private Verdict putBack(Candidate candidate, SignedHeader file, Draft draft) throws Refused {
    Optional<Membership> before = draft.membership();
    if (candidate.serverTimeMillis() <= draft.lastServerTimeMillis()) {
      throw Refused.because(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
    }
    if (before.isEmpty()) {
      checks.opensSpace(file);
    }
    FileChecks.chain(file, draft.chainHead(file.header().device()));
    Membership after = before.isEmpty()
        ? FileChecks.genesis(file)
        : FileChecks.change(file, before.get(), candidate.serverTimeMillis());
    return draft.append(file, candidate.payload(), after, candidate.serverTimeMillis());
  }
}
