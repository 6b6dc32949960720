package dev.sealift.ops.bench;

import com.google.protobuf.ByteString;
import dev.sealift.merge.Effect;
import dev.sealift.merge.Engine;
import dev.sealift.merge.EngineLimits;
import dev.sealift.merge.SpacePolicy;
import dev.sealift.ops.bench.RawDevice.PutFileBytes;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The admission core alone, from encoded requests to encoded replies, over a store that says yes to everything; beside the verification of
 * the same headers, in the same thread. Both in processor time, so that a busy machine does not blur the ratio.
 */
final class AdmissionCore implements Measurement {
  private static final int FILES = 4096;
  private static final int FILES_A_REQUEST = 64;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.ADMISSION_CORE);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Random random = new Random(number);
    SigningKey notary = SigningKey.generate();
    RawDevice device = new RawDevice(notary.verifyingKey(), random);
    List<PutFileBytes> files = device.files(FILES, 1);
    double verified = rate(() -> verify(device, files));
    double admitted = rate(() -> admit(notary, device, files));
    figures.add(BenchRow.ADMISSION_CORE, admitted, verified);
  }

  private static double rate(Workbench.Work work) throws Exception {
    long start = THREADS.getCurrentThreadCpuTime();
    work.run();
    return FILES * 1e9 / (THREADS.getCurrentThreadCpuTime() - start);
  }

  private static void verify(RawDevice device, List<PutFileBytes> files)
      throws BenchFailedException {
    for (PutFileBytes file : files) {
      if (!file.header().verify(device.verifyingKey())) {
        throw new BenchFailedException("A signature does not verify.");
      }
    }
  }

  private static void admit(SigningKey notary, RawDevice device, List<PutFileBytes> files)
      throws Exception {
    Yes yes = new Yes(notary);
    yes.admit(request(device, List.of(device.founding())));
    for (int i = 0; i < FILES; i += FILES_A_REQUEST) {
      yes.admit(request(device, files.subList(i, i + FILES_A_REQUEST)));
    }
    if (yes.receipts != FILES + 1) {
      throw new BenchFailedException("The admission core admitted " + yes.receipts + " files.");
    }
  }

  private static byte[] request(RawDevice device, List<PutFileBytes> files) {
    AdmitRequest.Builder request = AdmitRequest.newBuilder()
        .setSpace(device.founding().header().id().byteString())
        .setDevice(device.deviceId());
    files.forEach(file -> request.addFiles(AdmitFile.newBuilder()
        .setSignedHeader(file.header().byteString())
        .setPayload(StagedPayload.newBuilder()
            .setToken(ByteString.copyFromUtf8("token"))
            .setLength(file.payload().length)
            .setSha256(Hash.of(file.payload()).byteString()))));
    return request.build().toByteArray();
  }

  /** An engine over a store that commits whatever it is given. */
  private static final class Yes {
    private final Deque<Effect> asked = new ArrayDeque<>();
    private final Engine engine;
    private final long now = System.currentTimeMillis();
    private long lastId;
    private long receipts;

    Yes(SigningKey notary) {
      this.engine = new Engine(notary, EngineLimits.DEFAULT, SpacePolicy.unbounded(), this::take);
    }

    private void take(Effect effect) {
      if (effect instanceof Effect.ReplyAdmit reply) {
        reply.reply().toByteArray();
        receipts +=
            reply.reply().getOutcomesList().stream().filter(o -> o.hasReceipt()).count();
      } else if (effect instanceof Effect.Load || effect instanceof Effect.Commit) {
        asked.add(effect);
      }
    }

    void admit(byte[] request) throws Exception {
      engine.admit(++lastId, AdmitRequest.parseFrom(request), now);
      for (Effect next = asked.poll(); next != null; next = asked.poll()) {
        if (next instanceof Effect.Commit commit) {
          engine.committed(yes(commit.request()), now);
        } else if (next instanceof Effect.Load load) {
          engine.loaded(load.space(), LoadSpaceReply.getDefaultInstance(), now);
        }
      }
    }

    private static CommitReply yes(CommitRequest request) {
      request.toByteArray();
      List<CommitResult> results = new ArrayList<>();
      request.getCommitsList().forEach(c -> results.add(CommitResult.COMMIT_RESULT_COMMITTED));
      return CommitReply.newBuilder().addAllResults(results).build();
    }
  }
}
