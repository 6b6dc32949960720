package dev.sealift.client.sync;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.Optional;

/** Who may write what, as a log goes on: its membership, from file to file. For one thread. */
final class Authors {
  private final VerifyingKey notary;
  private final LogVerifier.OwnFiles own;
  private Optional<Membership> membership;

  /** @param membership where the log begins; empty before genesis */
  Authors(VerifyingKey notary, Optional<Membership> membership, LogVerifier.OwnFiles own) {
    this.notary = notary;
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
    return before;
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
