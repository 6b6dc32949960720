package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.vectors.Sealing;
import dev.sealift.client.vectors.Story;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Role;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.Messages;
import dev.sealift.vectors.VectorFile;
import java.util.List;
import java.util.Optional;

public final class ReceiptVectors extends VectorFile {
  public ReceiptVectors() {
    super(
        "receipts",
        "Section 12: receipts for files that were sent, under the head that came with them.");
  }

  @Override
  protected void cases(Cases to) throws Exception {
    SessionLog log = new SessionLog()
        .genesis(genesis -> {})
        .opening(Role.ROLE_WRITER, Story.START + 86_400_000)
        .joining(2);
    for (int size = 1; size <= 3; size++) {
      for (int sequence = 1; sequence <= size; sequence++) {
        to.add(
            "file " + sequence + " of " + size,
            inputs(log, sequence, receipt(log, sequence, size), size));
      }
    }
    refused(to, log);
  }

  private static void refused(Cases to, SessionLog log) {
    Receipt good = receipt(log, 2, 3).build();
    to.add("refused: another file than was sent", inputs(log, 1, good.toBuilder(), 3));
    to.add("refused: another sequence", inputs(log, 2, good.toBuilder().setSequence(1), 3));
    to.add("refused: sequence 0", inputs(log, 2, good.toBuilder().setSequence(0), 3));
    to.add(
        "refused: a sequence beyond the head", inputs(log, 2, good.toBuilder().setSequence(4), 3));
    to.add(
        "refused: another server time", inputs(log, 2, good.toBuilder().setServerTimeMillis(1), 3));
    to.add("refused: another base", inputs(log, 2, good.toBuilder().setBase(1), 3));
    to.add("refused: no path", inputs(log, 2, good.toBuilder().clearPath(), 3));
    to.add("refused: the path to another head", inputs(log, 2, good.toBuilder(), 2));
    to.add(
        "malformed: a hash of 31 bytes",
        inputs(log, 2, good.toBuilder().setPath(0, Sealing.filledString(31, 1)), 3));
    to.add(
        "malformed: 129 hashes",
        inputs(
            log,
            2,
            good.toBuilder().addAllPath(java.util.Collections.nCopies(127, good.getPath(0))),
            3));
    SigningKey other = SigningKey.fromSeed(Sealing.filled(32, 0x78));
    to.add(
        "refused: a head signed by another notary",
        inputs(log, 2, good.toBuilder(), 3)
            .hex("signed_head", log.head(3, log.root(3), other).byteString()));
  }

  private static Receipt.Builder receipt(SessionLog log, int sequence, int size) {
    Receipt.Builder receipt = Receipt.newBuilder()
        .setSequence(sequence)
        .setServerTimeMillis(log.entry(sequence).getServerTimeMillis());
    Proofs.inclusion(sequence - 1, size, log::node)
        .forEach(hash -> receipt.addPath(hash.byteString()));
    return receipt;
  }

  private static Json inputs(SessionLog log, int file, Receipt.Builder receipt, int size) {
    return Json.of("space", log.space().toString())
        .hex("notary", SessionLog.NOTARY.verifyingKey().byteString())
        .hex("signed_header", log.entry(file).getSignedHeader())
        .json("receipt", Messages.toJson(receipt.build()))
        .hex("signed_head", log.head(size).byteString());
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    SpaceId space = SpaceId.of(in.hex("space"));
    LogVerifier verifier = new LogVerifier(
        space,
        VerifyingKey.of(in.hex("notary")),
        device -> false,
        List.of(),
        sequence -> Optional.empty(),
        (device, counter) -> Optional.empty(),
        signed -> false);
    Receipt receipt =
        Messages.fromJson(in.json("receipt"), Receipt.newBuilder()).build();
    SignedHeader file = SignedHeader.parse(in.hex("signed_header"));
    ByteString signedHead = in.bytes("signed_head");
    try {
      TreeHead head = verifier
          .checkReceipt(receipt, file.id(), signedHead, LogState.empty())
          .head();
      Hash leaf = new Leaf(
              space,
              receipt.getSequence(),
              receipt.getServerTimeMillis(),
              receipt.getBase(),
              file.id())
          .hash();
      return Json.of("leaf_hash", leaf.toString())
          .u64("size", head.size())
          .text("root", head.root().toString());
    } catch (MeshViolationException e) {
      return Json.of("refused", e.violation().name());
    }
  }
}
