package dev.sealift.ops.bench;

import com.google.protobuf.ByteString;
import dev.sealift.client.sync.ReceiptCheck;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Receipt;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** 100,000 receipts from the bytes of their frames on, each the answer to a Put of its own, as a device checks them: 64 lead to one head, as the mesh signs it for a batch. */
final class ReceiptChecks implements Measurement {
  private static final int RECEIPTS = 100_000;
  private static final int RECEIPTS_A_HEAD = 64;

  /** A node of the tree: a byte and two hashes. */
  private static final int NODE_BYTES = 1 + 2 * Hash.BYTES;

  private static final byte[] NODE = {1};

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.RECEIPTS);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Random random = new Random(number);
    SigningKey notary = SigningKey.generate();
    Log log = new Log(random, RECEIPTS);
    List<byte[]> frames = new ArrayList<>(RECEIPTS);
    List<SignedTreeHead> heads = new ArrayList<>();
    long hashes = 0;
    for (int i = 0; i < RECEIPTS; i++) {
      if (i % RECEIPTS_A_HEAD == 0) {
        long size = Math.min(RECEIPTS, i + RECEIPTS_A_HEAD);
        heads.add(SignedTreeHead.sign(
            new TreeHead(log.space, 0, size, log.root(size), Log.MILLIS + size), notary));
      }
      SignedTreeHead head = heads.get(heads.size() - 1);
      Receipt receipt = log.receipt(i, head.head().size());
      hashes += 1 + receipt.getPathCount();
      frames.add(frame(receipt, head));
    }
    double floor = 1e3 * Workbench.seconds(floor(hashes, heads, notary.verifyingKey()));
    double checked = 1e3
        * Workbench.seconds(() -> {
          ReceiptCheck check = new ReceiptCheck(log.space, notary.verifyingKey());
          for (int i = 0; i < RECEIPTS; i++) {
            check.check(Frame.parseFrom(frames.get(i)).getPutResult(), log.files.get(i));
          }
        });
    figures.add(BenchRow.RECEIPTS, checked, floor);
  }

  private static byte[] frame(Receipt receipt, SignedTreeHead head) {
    PutResult result = PutResult.newBuilder()
        .setRequest(receipt.getSequence())
        .addOutcomes(Outcome.newBuilder().setReceipt(receipt))
        .setSignedHead(head.byteString())
        .build();
    return Frame.newBuilder().setPutResult(result).build().toByteArray();
  }

  /** As many hashes, and as many signatures. */
  private static Workbench.Work floor(
      long hashes, List<SignedTreeHead> heads, VerifyingKey notary) {
    return () -> {
      MessageDigest sha256 = Hash.sha256();
      byte[] node = new byte[NODE_BYTES];
      for (long i = 0; i < hashes; i++) {
        sha256.update(node);
        sha256.digest(node, 1, Hash.BYTES);
      }
      for (SignedTreeHead head : heads) {
        if (!head.verify(notary)) {
          throw new BenchFailedException("A signature does not verify.");
        }
      }
    };
  }

  /** A log of files that are nothing but their names. */
  private static final class Log {
    static final long MILLIS = 1_767_225_600_000L;

    final SpaceId space;
    final List<FileId> files = new ArrayList<>();

    /** The leaves, above them their parents, and so on, as far as they are whole. */
    private final List<List<Hash>> levels = new ArrayList<>();

    Log(Random random, int size) throws FormatException {
      space = SpaceId.of(bytes(random));
      List<Hash> level = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        files.add(FileId.of(bytes(random)));
        level.add(new Leaf(space, i + 1L, MILLIS + i, 0, files.get(i)).hash());
      }
      while (!level.isEmpty()) {
        levels.add(level);
        List<Hash> above = new ArrayList<>(level.size() / 2);
        for (int i = 0; i + 1 < level.size(); i += 2) {
          above.add(Hash.of(NODE, level.get(i).toByteArray(), level.get(i + 1).toByteArray()));
        }
        level = above;
      }
    }

    private static byte[] bytes(Random random) {
      byte[] bytes = new byte[Hash.BYTES];
      random.nextBytes(bytes);
      return bytes;
    }

    private Hash node(int level, long index) {
      return levels.get(level).get((int) index);
    }

    Hash root(long size) {
      return Proofs.rootAt(size, this::node);
    }

    Receipt receipt(int index, long size) {
      Receipt.Builder receipt =
          Receipt.newBuilder().setSequence(index + 1L).setServerTimeMillis(MILLIS + index);
      for (Hash hash : Proofs.inclusion(index, size, this::node)) {
        ByteString bytes = hash.byteString();
        receipt.addPath(bytes);
      }
      return receipt.build();
    }
  }
}
