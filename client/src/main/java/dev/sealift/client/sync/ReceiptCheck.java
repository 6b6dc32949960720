package dev.sealift.client.sync;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.PutResult;
import java.util.List;
import java.util.Optional;

/** Checks answers to Puts one after the other, as the exchange of a device does that holds nothing of the log yet, and keeps nothing but the heads. For one thread. */
public final class ReceiptCheck {
  private final LogVerifier verifier;
  private LogState state = LogState.empty();

  public ReceiptCheck(SpaceId space, VerifyingKey notary) {
    this.verifier = new LogVerifier(
        space,
        notary,
        author -> false,
        List.of(),
        sequence -> Optional.empty(),
        (device, counter) -> Optional.empty(),
        file -> false);
  }

  /**
   * @param file the one that was put
   * @throws MeshViolationException when the receipt does not lead to the head that came with it, or the notary has not signed that, or two logs
   * @throws FormatException when there is no receipt, or it is malformed
   */
  public void check(PutResult answer, FileId file) throws MeshViolationException, FormatException {
    if (answer.getOutcomesCount() != 1 || !answer.getOutcomes(0).hasReceipt()) {
      throw new FormatException("there is no receipt");
    }
    SignedTreeHead head = verifier.checkReceipt(
        answer.getOutcomes(0).getReceipt(), file, answer.getSignedHead(), state);
    state = state.withHead(head);
  }
}
