package dev.sealift.protocol.evidence;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.EvidenceBody;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a mesh has signed or sent, as a device has it. Whether it has is for whoever checks it to look at.
 *
 * @param heads of the log, which the notary has signed
 * @param receipts that the mesh has given
 * @param frame as it came; empty where a receipt, or what was said as the connection began, is what is wrong
 * @param ownPayloadsLeftOut whether the mesh was asked to leave out what the reporter wrote
 * @param welcome what the notary said as the connection began, where that is what is wrong
 * @param welcomeBefore what it had said as an earlier one began
 */
public record Shown(
    List<SignedTreeHead> heads,
    List<ShownReceipt> receipts,
    Optional<Frame> frame,
    boolean ownPayloadsLeftOut,
    Optional<WelcomeStatement> welcome,
    Optional<WelcomeStatement> welcomeBefore) {
  private static final int MAX_HEADS = 8;
  private static final int MAX_RECEIPTS = 8;
  private static final Shown NOTHING =
      new Shown(List.of(), List.of(), Optional.empty(), false, Optional.empty(), Optional.empty());

  public Shown {
    heads = List.copyOf(heads);
    receipts = List.copyOf(receipts);
  }

  public static Shown nothing() {
    return NOTHING;
  }

  boolean isNothing() {
    return receipts.isEmpty() && frame.isEmpty() && welcome.isEmpty();
  }

  /** Whether it shows one thing: what was said, or a frame that may be set against a receipt, or a receipt. */
  boolean isOneThing() {
    return welcome.isPresent()
        ? frame.isEmpty() && receipts.isEmpty()
        : receipts.size() == 1 || receipts.isEmpty() && frame.isPresent();
  }

  void writeTo(EvidenceBody.Builder body) {
    heads.forEach(head -> body.addHeads(head.byteString()));
    receipts.forEach(receipt -> body.addReceipts(receipt.toProto()));
    frame.ifPresent(body::setFrame);
    body.setOwnPayloadsLeftOut(ownPayloadsLeftOut);
    welcome.map(WelcomeStatement::encode).ifPresent(body::setWelcome);
    welcomeBefore.map(WelcomeStatement::encode).ifPresent(body::setWelcomeBefore);
  }

  static Shown parse(EvidenceBody body) throws FormatException {
    if (body.getHeadsCount() > MAX_HEADS || body.getReceiptsCount() > MAX_RECEIPTS) {
      throw new FormatException("it shows more heads or receipts than there can be");
    }
    List<SignedTreeHead> heads = new ArrayList<>();
    for (ByteString head : body.getHeadsList()) {
      heads.add(SignedTreeHead.parse(head));
    }
    List<ShownReceipt> receipts = new ArrayList<>();
    for (var receipt : body.getReceiptsList()) {
      receipts.add(ShownReceipt.parse(receipt));
    }
    return new Shown(
        heads,
        receipts,
        body.hasFrame() ? Optional.of(body.getFrame()) : Optional.empty(),
        body.getOwnPayloadsLeftOut(),
        statement(body.getWelcome()),
        statement(body.getWelcomeBefore()));
  }

  private static Optional<WelcomeStatement> statement(ByteString bytes) throws FormatException {
    return bytes.isEmpty() ? Optional.empty() : Optional.of(WelcomeStatement.parse(bytes));
  }
}
