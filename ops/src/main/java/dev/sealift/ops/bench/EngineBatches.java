package dev.sealift.ops.bench;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.FileKind;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What one merge engine commits, made before the clock runs: batch after batch of files that several devices wrote, each device in a space of
 * its own, as a busy engine finds them waiting when its last commit is answered. Engine and store have worked out the same trees.
 */
final class EngineBatches {
  /** Of one device in one batch: what it wrote while the commit before was under way. */
  private static final int FILES_OF_A_SPACE = 4;

  /** Of one engine: many enough that each batch is of other ones than the last. */
  private static final int SPACES = 256;

  /** As in {@link PropagationFloor}. */
  private static final int HEADER_BYTES = 300;

  private static final long FIRST_TIME_MILLIS = 1_700_000_000_000L;

  private final RandomGenerator random;
  private final List<ByteString> payloads = new ArrayList<>();
  private final List<Log> logs = new ArrayList<>();
  private int nextPayload;
  private int nextLog;

  /** One space as far as it has got. */
  private static final class Log {
    private final SpaceId space;
    private final ByteString device;
    private final CompactTree tree = new CompactTree();

    Log(SpaceId space, ByteString device) {
      this.space = space;
      this.device = device;
    }
  }

  /**
   * A space's part of a batch.
   *
   * @param commit complete but for the tokens of its payloads
   */
  record Part(SpaceCommit commit, List<ByteString> payloads) {}

  /** One commit of the engine. */
  record Batch(List<Part> parts) {
    int files() {
      return parts.stream().mapToInt(part -> part.payloads().size()).sum();
    }

    long bytes() {
      return parts.stream()
          .mapToLong(
              part -> part.payloads().stream().mapToLong(ByteString::size).sum()
                  + part.commit().getFilesList().stream()
                      .mapToLong(file -> file.getSignedHeader().size())
                      .sum())
          .sum();
    }
  }

  /** @param payloadKinds so many different payloads are made, and come again and again: large ones would fill the heap */
  EngineBatches(RandomGenerator random, int payloadBytes, int payloadKinds) {
    this.random = random;
    for (int i = 0; i < payloadKinds; i++) {
      payloads.add(bytes(payloadBytes));
    }
    for (int i = 0; i < SPACES; i++) {
      logs.add(new Log(SpaceId.of(hash(bytes(Hash.BYTES))), bytes(Hash.BYTES)));
    }
  }

  /** The first file of every space, without a payload: founding is rare, and comes before what is measured. */
  Batch founding() {
    return new Batch(
        logs.stream().map(log -> part(log, List.of(ByteString.EMPTY))).toList());
  }

  /** The next batch. */
  Batch next(int files) {
    List<Part> parts = new ArrayList<>();
    for (int left = files; left > 0; left -= FILES_OF_A_SPACE) {
      parts.add(part(logs.get(nextLog), payloads(Math.min(left, FILES_OF_A_SPACE))));
      nextLog = (nextLog + 1) % SPACES;
    }
    return new Batch(parts);
  }

  private List<ByteString> payloads(int count) {
    List<ByteString> next = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      next.add(payloads.get(nextPayload));
      nextPayload = (nextPayload + 1) % payloads.size();
    }
    return next;
  }

  private Part part(Log log, List<ByteString> next) {
    SpaceCommit.Builder commit = SpaceCommit.newBuilder()
        .setSpace(log.space.byteString())
        .setExpectedSize(log.tree.size())
        .setExpectedRoot(log.tree.root().byteString());
    next.forEach(payload -> commit.addFiles(file(log, payload)));
    commit
        .setNewSize(log.tree.size())
        .setNewRoot(log.tree.root().byteString())
        .setNewFrontier(ByteString.copyFrom(log.tree.frontier()));
    return new Part(commit.build(), next);
  }

  private CommitFile file(Log log, ByteString payload) {
    ByteString header = bytes(HEADER_BYTES);
    FileId id = FileId.of(hash(header));
    long sequence = log.tree.size() + 1;
    long time = FIRST_TIME_MILLIS + sequence;
    Hash leaf = new Leaf(log.space, sequence, time, 0, id).hash();
    log.tree.append(leaf);
    return CommitFile.newBuilder()
        .setFile(id.byteString())
        .setSignedHeader(header)
        .setServerTimeMillis(time)
        .setLeafHash(leaf.byteString())
        .setDevice(log.device)
        .setCounter(sequence)
        .setKind(FileKind.FILE_KIND_EVENTS)
        .setPayloadLength(payload.size())
        .build();
  }

  private static Hash hash(ByteString bytes) {
    return Hash.of(bytes.toByteArray());
  }

  private ByteString bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
