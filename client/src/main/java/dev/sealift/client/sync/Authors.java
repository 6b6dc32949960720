package dev.sealift.client.sync;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.List;
import java.util.Optional;

/** Who may write what, as a log goes on: its membership, from file to file. For one thread. */
final class Authors {
  private final VerifyingKey notary;
  private final List<Incarnation> incarnations;
  private final LogVerifier.OwnFiles own;
  private Optional<Membership> membership;

  /**
   * @param membership where the log begins; empty before genesis
   * @param incarnations what a mesh that was restored said so far that it lost
   */
  Authors(
      VerifyingKey notary,
      Optional<Membership> membership,
      List<Incarnation> incarnations,
      LogVerifier.OwnFiles own) {
    this.notary = notary;
    this.incarnations = incarnations;
    this.membership = membership;
    this.own = own;
  }

  Optional<Membership> membership() {
    return membership;
  }

  /** As of the last file. */
  Membership now() {
    return membership.orElseThrow();
  }

  /**
   * The next file of the log, or of those that are known of it. Its author signed it and may write it; a membership file is the next link.
   *
   * @throws MeshViolationException when that is not so
   */
  void take(long sequence, SignedHeader file, long serverTimeMillis)
      throws MeshViolationException, FormatException {
    try {
      if (membership.isEmpty()) {
        membership = Optional.of(found(sequence, file));
      } else {
        membership = Optional.of(after(membership.get(), sequence, file, serverTimeMillis));
      }
    } catch (MembershipException e) {
      if (e.code() == RefusalCode.REFUSAL_CODE_UNSUPPORTED) {
        throw new NewerFormatException("a kind of membership change that is not known here");
      }
      throw new MeshViolationException(
          Violation.MEMBERSHIP_BROKEN,
          sequence,
          "a membership change is not allowed: " + e.getMessage());
    }
  }

  private Membership found(long sequence, SignedHeader file)
      throws MembershipException, MeshViolationException {
    Membership founded = Membership.found(file);
    if (!founded.notary().equals(notary)) {
      throw new MeshViolationException(
          Violation.MEMBERSHIP_BROKEN, sequence, "the genesis names another notary");
    }
    return founded;
  }

  private Membership after(
      Membership before, long sequence, SignedHeader file, long serverTimeMillis)
      throws MembershipException, MeshViolationException {
    checkSigned(before, sequence, file);
    if (file.header().kind() == FileKind.FILE_KIND_MEMBERSHIP) {
      return before.apply(file, serverTimeMillis);
    }
    if (!before.device(file.header().device()).map(Device::mayWrite).orElse(false)) {
      throw new MeshViolationException(
          Violation.AUTHOR_NOT_A_MEMBER, sequence, "a file's author may not write");
    }
    checkEpoch(before, sequence, file.header());
    return before;
  }

  /** What is sealed is so under the current key; under an earlier one, if a restored mesh may have lost it. */
  private void checkEpoch(Membership before, long sequence, FileHeader file)
      throws MeshViolationException {
    long bound = before.rules().clockBoundMillis();
    boolean mayBeLost = before.wasCurrent(file)
        && incarnations.stream().anyMatch(begun -> begun.mayHaveLost(file.time().millis(), bound));
    if (!before.isCurrent(file) && !mayBeLost) {
      throw new MeshViolationException(
          Violation.EPOCH_BROKEN,
          sequence,
          "a file is sealed under another key than the one of its time");
    }
  }

  private void checkSigned(Membership before, long sequence, SignedHeader file)
      throws MeshViolationException {
    VerifyingKey key = before
        .authorKey(file)
        .orElseThrow(() -> new MeshViolationException(
            Violation.AUTHOR_NOT_A_MEMBER, sequence, "a file's author is not in the space"));
    if (!own.has(file) && !file.verify(key)) {
      throw new MeshViolationException(
          Violation.FILE_NOT_SIGNED, sequence, "a file is not signed by its author");
    }
  }
}
