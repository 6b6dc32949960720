package dev.sealift.merge;

import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * Measures the admission core alone against the Ed25519 verification that it uses, on the same files in
 * the same thread: the ratio of files admitted to signatures verified in a second of processor time. The store is one
 * that says yes; everything else, from the encoded request to the encoded reply, is the core's.
 *
 * <p>Run: {@code main} of this class on the test class path. The median of the rounds counts.
 */
final class AdmissionThroughput {
  private static final int FILES = 4096;
  private static final int FILES_A_REQUEST = 64;
  private static final int WARM_UP_ROUNDS = 3;
  private static final int ROUNDS = 7;

  /** Processor time of this thread, so that a busy machine does not blur the ratio. */
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private AdmissionThroughput() {}

  public static void main(String[] args) throws Exception {
    List<Double> ratios = new ArrayList<>();
    for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      Author author = new Author("round " + round);
      Upload genesis = author.genesis(CoreHarness.NOTARY.verifyingKey());
      List<Upload> uploads = new ArrayList<>();
      for (int i = 0; i < FILES; i++) {
        uploads.add(author.next(genesis.header().space()));
      }
      double verified = rate(() -> verify(author, uploads));
      double admitted = rate(() -> admit(author, genesis, uploads));
      if (round >= 0) {
        ratios.add(admitted / verified);
        System.out.printf(
            Locale.ROOT,
            "verified %,.0f/s  admitted %,.0f/s  ratio %.3f%n",
            verified,
            admitted,
            admitted / verified);
      }
    }
    double[] sorted = ratios.stream().mapToDouble(ratio -> ratio).sorted().toArray();
    System.out.printf(Locale.ROOT, "median ratio %.3f%n", sorted[sorted.length / 2]);
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double rate(Work work) throws Exception {
    long start = THREADS.getCurrentThreadCpuTime();
    work.run();
    return FILES * 1e9 / (THREADS.getCurrentThreadCpuTime() - start);
  }

  private static void verify(Author author, List<Upload> uploads) {
    for (Upload upload : uploads) {
      if (!upload.header().verify(author.key().verifyingKey())) {
        throw new AssertionError();
      }
    }
  }

  private static void admit(Author author, Upload genesis, List<Upload> uploads) throws Exception {
    Yes yes = new Yes();
    yes.admit(request(author, genesis, List.of(genesis)));
    for (int i = 0; i < FILES; i += FILES_A_REQUEST) {
      yes.admit(request(author, genesis, uploads.subList(i, i + FILES_A_REQUEST)));
    }
    if (yes.receipts != FILES + 1) {
      throw new AssertionError("admitted " + yes.receipts);
    }
  }

  private static byte[] request(Author author, Upload genesis, List<Upload> uploads) {
    AdmitRequest.Builder request = AdmitRequest.newBuilder()
        .setSpace(genesis.header().space().byteString())
        .setDevice(author.id().byteString());
    uploads.forEach(upload -> request.addFiles(upload.admitFile()));
    return request.build().toByteArray();
  }

  /** An engine over a store that commits whatever it is given. */
  private static final class Yes {
    private final Deque<Effect> asked = new ArrayDeque<>();
    private final Engine engine = new Engine(CoreHarness.NOTARY, EngineLimits.DEFAULT, this::take);
    private long lastId;
    private int receipts;

    private void take(Effect effect) {
      if (effect instanceof Effect.ReplyAdmit reply) {
        reply.reply().toByteArray();
        receipts += (int)
            reply.reply().getOutcomesList().stream().filter(o -> o.hasReceipt()).count();
      } else if (effect instanceof Effect.Load || effect instanceof Effect.Commit) {
        asked.add(effect);
      }
    }

    void admit(byte[] request) throws Exception {
      engine.admit(++lastId, AdmitRequest.parseFrom(request), Author.START_MILLIS);
      for (Effect next = asked.poll(); next != null; next = asked.poll()) {
        if (next instanceof Effect.Commit commit) {
          commit.request().toByteArray();
          CommitReply.Builder reply = CommitReply.newBuilder();
          commit
              .request()
              .getCommitsList()
              .forEach(space -> reply.addResults(CommitResult.COMMIT_RESULT_COMMITTED));
          engine.committed(reply.build(), Author.START_MILLIS);
        } else if (next instanceof Effect.Load load) {
          engine.loaded(load.space(), LoadSpaceReply.getDefaultInstance(), Author.START_MILLIS);
        }
      }
    }
  }
}
