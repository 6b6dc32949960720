package dev.sealift.protocol.evidence;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.GivenReceipt;
import dev.sealift.protocol.proto.Receipt;

/**
 * A receipt, and what it was given for.
 *
 * @param head the one that came with it
 */
public record ShownReceipt(FileId file, Receipt receipt, SignedTreeHead head) {
  GivenReceipt toProto() {
    return GivenReceipt.newBuilder()
        .setFile(file.byteString())
        .setReceipt(receipt)
        .setSignedHead(head.byteString())
        .build();
  }

  static ShownReceipt parse(GivenReceipt given) throws FormatException {
    if (given.getReceipt().getPathCount() > Limits.MAX_PROOF_HASHES) {
      throw new FormatException("a receipt's path is longer than any log needs");
    }
    return new ShownReceipt(
        FileId.parse(given.getFile()),
        given.getReceipt(),
        SignedTreeHead.parse(given.getSignedHead()));
  }

  /** Reads what {@link #bytes} made. */
  public static ShownReceipt parse(byte[] bytes) throws FormatException {
    try {
      return parse(GivenReceipt.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("a given receipt is no protobuf message", e);
    }
  }

  /** For keeping it. */
  public byte[] bytes() {
    return toProto().toByteArray();
  }
}
