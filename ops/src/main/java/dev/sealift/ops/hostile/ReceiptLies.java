package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.FORKED;
import static dev.sealift.client.sync.Violation.HEAD_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.RECEIPT_FALSE;
import static dev.sealift.client.sync.Violation.RECEIPT_NOT_HONOURED;
import static dev.sealift.ops.hostile.Expected.confirmed;
import static dev.sealift.ops.hostile.Expected.reported;
import static dev.sealift.ops.hostile.Expected.withoutEvidence;
import static dev.sealift.ops.hostile.Twists.receipt;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Receipts that lead nowhere or are not honoured, and files that are refused and yet published. */
final class ReceiptLies {
  private ReceiptLies() {}

  static List<Lie> all() {
    return List.of(
        falseReceipt(
            "receipt-for-another-place",
            "gives a receipt for the first place of the log",
            receipt -> receipt.setSequence(1)),
        falseReceipt(
            "receipt-beyond-the-log",
            "gives a receipt for a place that no log comes to",
            receipt -> receipt.setSequence(Long.MAX_VALUE)),
        falseReceipt(
            "receipt-for-no-place",
            "gives a receipt for no place",
            receipt -> receipt.setSequence(0)),
        falseReceipt(
            "receipt-of-another-time",
            "gives a receipt of another server time",
            receipt -> receipt.setServerTimeMillis(receipt.getServerTimeMillis() + 1)),
        falseReceipt(
            "receipt-of-another-base",
            "gives a receipt of another base",
            receipt -> receipt.setBase(receipt.getBase() + 1)),
        falseReceipt(
            "receipt-without-path", "gives a receipt without its path", Receipt.Builder::clearPath),
        falseReceipt(
            "receipt-path-flipped",
            "gives a receipt whose path leads elsewhere",
            receipt -> receipt.setPath(0, Hash.of().byteString())),
        Lie.of(
            "receipt-of-another-file",
            Lie.By.PROXY,
            "gives the receipt of another file",
            Scene.WRITES,
            reported(RECEIPT_FALSE),
            receipt((stage, result) -> {
              ForgedLog log = stage.log();
              result.setSignedHead(log.head(stage.nowMillis()).byteString());
              result.getOutcomesBuilder(0).setReceipt(log.receipt(stage.between(1, 2)));
            })),
        Lie.of(
            "receipt-under-another-key",
            Lie.By.PROXY,
            "gives a receipt that leads to a head of its own making",
            Scene.WRITES,
            reported(HEAD_NOT_SIGNED),
            receipt((stage, result) -> result.setSignedHead(SignedTreeHead.sign(
                    head(result), SigningKey.fromSeed(FileLies.bytes(stage, SigningKey.SEED_BYTES)))
                .byteString()))),
        Lie.of(
                "receipt-of-a-fork",
                Lie.By.MESH,
                "gives a receipt in one log, and shows the device another",
                Scene.WRITES,
                confirmed(FORKED),
                ReceiptLies::ofAFork)
            .stopped(),
        Lie.of(
            "receipt-not-honoured",
            Lie.By.MESH,
            "gives a receipt, and then shows a log that has another file in the place",
            Scene.WRITES,
            confirmed(RECEIPT_NOT_HONOURED),
            ReceiptLies::notHonoured),
        Lie.of(
            "log-denied",
            Lie.By.PROXY,
            "refuses a file because of a log that its author cannot have seen, and he has: the mesh showed it",
            Scene.WRITES,
            withoutEvidence(FORKED),
            refusing(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD)),
        refused("busy", RefusalCode.REFUSAL_CODE_BUSY),
        refused("over-quota", RefusalCode.REFUSAL_CODE_OVER_QUOTA),
        refused("counter-taken", RefusalCode.REFUSAL_CODE_COUNTER_TAKEN),
        refused("store-unavailable", RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE));
  }

  private static TreeHead head(PutResult.Builder result) {
    try {
      return SignedTreeHead.parse(result.getSignedHead()).head();
    } catch (FormatException e) {
      throw new IllegalStateException("the mesh's head is well-formed", e);
    }
  }

  private static Lie falseReceipt(String name, String what, Consumer<Receipt.Builder> twist) {
    return Lie.of(
        name,
        Lie.By.PROXY,
        what,
        Scene.WRITES,
        reported(RECEIPT_FALSE),
        receipt((stage, result) -> twist.accept(result.getOutcomesBuilder(0).getReceiptBuilder())));
  }

  /** Refusing is nobody's violation: a mesh can, and nothing is lost by it. */
  private static Lie refused(String why, RefusalCode code) {
    return Lie.of(
        "refused-" + why + "-yet-published",
        Lie.By.PROXY,
        "refuses a file (" + why + ") that was admitted, and publishes it",
        Scene.WRITES,
        new Expected.Survived(
            "a mesh can refuse; the device finds its file in the log, and sends it once"),
        stage -> {
          Teller refusing = refusing(code).on(stage);
          long until = stage.timesTold() + 1;
          return new Teller() {
            @Override
            public List<Frame> toDevice(Talk talk, Frame frame) {
              return stage.timesTold() < until && frame.hasPutResult()
                  ? refusing.toDevice(talk, frame)
                  : List.of(frame);
            }
          };
        });
  }

  private static Lie.Telling refusing(RefusalCode code) {
    return stage -> Twists.twisting(stage, frame -> {
      if (!frame.hasPutResult() || !frame.getPutResult().getOutcomes(0).hasReceipt()) {
        return frame;
      }
      PutResult.Builder result = frame.getPutResult().toBuilder().clearSignedHead();
      result
          .getOutcomesBuilder(0)
          .setRefusal(Refusal.newBuilder()
              .setCode(code)
              .setExpectedCounter(1)
              .setServerTimeMillis(stage.nowMillis()));
      return Frame.newBuilder().setPutResult(result).build();
    });
  }

  /** The device's file, behind one that is not in the log that it is shown afterwards. */
  private static Teller ofAFork(Stage stage) {
    return new Teller() {
      private boolean given;

      @Override
      public List<Frame> toDevice(Talk talk, Frame frame) {
        if (!frame.hasPutResult() || given) {
          return given || !frame.hasFiles() ? List.of(frame) : List.of();
        }
        given = true;
        stage.told();
        ForgedLog truth = stage.log();
        ForgedLog fork = truth.upTo(truth.size() - 1);
        Pen.Written between = stage.pen().next(fork, stage.nowMillis());
        fork.with(between, stage.nowMillis());
        long place = fork.size() + 1;
        fork.with(
            truth.entry(truth.size()).getSignedHeader(),
            truth.entry(truth.size()).getPayload(),
            stage.nowMillis() + 1,
            truth.entry(truth.size()).getBase());
        stage.write(stage.founder()); // so that the true log comes as far
        PutResult.Builder result = frame.getPutResult().toBuilder()
            .setSignedHead(fork.head(stage.nowMillis()).byteString());
        result.getOutcomesBuilder(0).setReceipt(fork.receipt(place));
        Frame receipt = Frame.newBuilder().setPutResult(result).build();
        return List.of(receipt, Twists.files(truth.files(truth.size() - 1, 1, stage.nowMillis())));
      }
    };
  }

  /** The receipt comes with a head further on, and the log that is shown next is longer still, and another. */
  private static Teller notHonoured(Stage stage) {
    return new Teller() {
      private @Nullable Frame answer;
      private long place;

      @Override
      public List<Frame> toDevice(Talk talk, Frame frame) {
        Frame kept = answer;
        if (frame.hasPutResult() && place == 0) {
          answer = frame;
          place = stage.log().size();
          stage.write(stage.founder());
          return List.of();
        }
        boolean isOfLog = frame.hasFiles() || frame.hasAdvanced();
        if (kept == null || !isOfLog || stage.log().size() == place) {
          return isOfLog ? List.of() : List.of(frame);
        }
        answer = null;
        stage.told();
        ForgedLog truth = stage.log();
        ForgedLog lie = grown(stage, truth.upTo(place - 1), 5);
        PutResult.Builder result = kept.getPutResult().toBuilder()
            .setSignedHead(truth.head(stage.nowMillis()).byteString());
        result.getOutcomesBuilder(0).setReceipt(truth.receipt(place));
        return List.of(
            Frame.newBuilder().setPutResult(result).build(),
            Twists.files(lie.files(place - 1, 1, stage.nowMillis())));
      }
    };
  }

  static ForgedLog grown(Stage stage, ForgedLog log, int files) {
    for (int i = 0; i < files; i++) {
      Pen.Written file = stage.pen().next(log, stage.nowMillis());
      log.with(file, stage.nowMillis());
    }
    return log;
  }
}
