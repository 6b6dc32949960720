package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.FileKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A space's log as a merge engine has it: what to commit next, and what the store must then say. */
public final class SampleLog {
  private static final long FIRST_TIME_MILLIS = 1_700_000_000_000L;

  private final SpaceId space;
  private final boolean isOld;
  private final List<SampleFile> files = new ArrayList<>();
  private final List<Hash> roots = new ArrayList<>(List.of(CompactTree.EMPTY_ROOT));
  private final Map<DeviceId, Long> counters = new HashMap<>();
  private final CompactTree tree = new CompactTree();

  public SampleLog(String name) {
    this(spaceNamed(name), false);
  }

  private SampleLog(SpaceId space, boolean isOld) {
    this.space = space;
    this.isOld = isOld;
  }

  /** One of a store among the test's resources, whose headers are any text. */
  public static SampleLog old(String name) {
    return new SampleLog(spaceNamed(name), true);
  }

  private static SpaceId spaceNamed(String name) {
    return SpaceId.of(hash("space " + name));
  }

  public static DeviceId device(String name) {
    try {
      return DeviceId.of(hash("device " + name).toByteArray());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  /** Of no log. */
  public static FileId fileNamed(String name) {
    return FileId.of(hash("file " + name));
  }

  private static Hash hash(String text) {
    return Hash.of(text.getBytes(StandardCharsets.UTF_8));
  }

  public SpaceId space() {
    return space;
  }

  public List<SampleFile> files() {
    return files;
  }

  public long size() {
    return tree.size();
  }

  public Hash rootAt(long size) {
    return roots.get((int) size);
  }

  public ByteString frontier() {
    return ByteString.copyFrom(tree.frontier());
  }

  public long lastCounter(DeviceId device) {
    return counters.getOrDefault(device, 0L);
  }

  /** The files of one device that come next. */
  public List<SampleFile> next(DeviceId device, FileKind kind, ByteString... payloads) {
    List<SampleFile> next = new ArrayList<>();
    for (ByteString payload : payloads) {
      long counter = lastCounter(device) + 1 + next.size();
      next.add(file(device, counter, kind, payload, next.size()));
    }
    return next;
  }

  /** Files of events that come next, each of which expires so long after its own server time. */
  public List<SampleFile> expiring(DeviceId device, long millis, ByteString... payloads) {
    return next(device, FileKind.FILE_KIND_EVENTS, payloads).stream()
        .map(file -> file.expiring(file.serverTimeMillis() + millis))
        .toList();
  }

  public SampleFile file(
      DeviceId device, long counter, FileKind kind, ByteString payload, int ahead) {
    String unique = "header %s %s %d %d".formatted(space, device, counter, size());
    long time = FIRST_TIME_MILLIS + 10 * (size() + ahead);
    HybridTime written = HybridTime.of(time - 7 * counter, ahead);
    ByteString header = isOld
        ? ByteString.copyFromUtf8(unique)
        : SampleHeader.of(space, device, counter, written, unique, payload);
    return new SampleFile(device, counter, kind, header, payload, time, counter % 3);
  }

  /** The commit that appends these files; the log itself stays as it is. */
  public SpaceCommit commit(List<SampleFile> appended, List<StagedPayload> staged) {
    CompactTree grown = tree.copy();
    SpaceCommit.Builder commit = SpaceCommit.newBuilder().setSpace(space.byteString());
    commit.setExpectedSize(tree.size()).setExpectedRoot(tree.root().byteString());
    for (int i = 0; i < appended.size(); i++) {
      Hash leaf = leaf(appended.get(i), grown.size() + 1);
      grown.append(leaf);
      commit.addFiles(commitFile(appended.get(i), leaf, staged.get(i)));
    }
    return commit
        .setNewSize(grown.size())
        .setNewRoot(grown.root().byteString())
        .setNewFrontier(ByteString.copyFrom(grown.frontier()))
        .build();
  }

  /** A compaction that needs nobody to attest it, whose parts come next; its generation is any. */
  public List<SampleFile> compaction(
      DeviceId device, long first, long base, int generation, boolean holds, ByteString... parts) {
    return compaction(device, first, base, generation, holds, true, parts);
  }

  public List<SampleFile> compaction(
      DeviceId device,
      long first,
      long base,
      int generation,
      boolean holds,
      boolean alone,
      ByteString... parts) {
    List<SampleFile> files = next(device, FileKind.FILE_KIND_COMPACTION, parts);
    return IntStream.range(0, files.size())
        .mapToObj(i -> files
            .get(i)
            .saying(CompactionPart.newBuilder()
                .setFirst(first)
                .setBase(base)
                .setGeneration(generation)
                .setPart(i + 1)
                .setParts(files.size())
                .setHolds(holds)
                .setAlone(alone)
                .build()))
        .toList();
  }

  /** What a device says of compactions, to no effect. */
  public List<SampleFile> attestation(DeviceId device, FileId... compactions) {
    return attestation(device, AttestationEffect.ATTESTATION_EFFECT_UNSPECIFIED, compactions);
  }

  public List<SampleFile> attestation(
      DeviceId device, AttestationEffect effect, FileId... compactions) {
    AttestationVerdict verdict = effect == AttestationEffect.ATTESTATION_EFFECT_CONTESTS
        ? AttestationVerdict.ATTESTATION_VERDICT_CONTESTED
        : AttestationVerdict.ATTESTATION_VERDICT_ATTESTED;
    List<CommitAttestation> said = Stream.of(compactions)
        .map(compaction -> CommitAttestation.newBuilder()
            .setCompaction(compaction.byteString())
            .setVerdict(verdict)
            .setEffect(effect)
            .build())
        .toList();
    return List.of(
        next(device, FileKind.FILE_KIND_ATTESTATION, ByteString.EMPTY).get(0).attesting(said));
  }

  private static CommitFile commitFile(SampleFile file, Hash leaf, StagedPayload staged) {
    CommitFile.Builder commit = CommitFile.newBuilder()
        .setFile(file.id().byteString())
        .setSignedHeader(file.header())
        .setServerTimeMillis(file.serverTimeMillis())
        .setBase(file.base())
        .setLeafHash(leaf.byteString())
        .setDevice(file.device().byteString())
        .setCounter(file.counter())
        .setKind(file.kind())
        .setPayloadToken(staged.getToken())
        .setPayloadLength(staged.getLength())
        .setPayloadSha256(staged.getSha256())
        .addAllAttestations(file.attestations())
        .setExpiresAtMillis(file.expiresAtMillis());
    file.compaction().ifPresent(commit::setCompaction);
    return commit.build();
  }

  public Hash leaf(SampleFile file, long sequence) {
    return new Leaf(space, sequence, file.serverTimeMillis(), file.base(), file.id()).hash();
  }

  /** The commit of these files was answered as committed. */
  public void accept(List<SampleFile> appended) {
    for (SampleFile file : appended) {
      tree.append(leaf(file, tree.size() + 1));
      roots.add(tree.root());
      files.add(file);
      counters.put(file.device(), file.counter());
    }
  }

  /** A log of the same space that does not know what this one gets from now on. */
  public SampleLog copy() {
    return copyUpTo((int) size());
  }

  /** A log of the same space that missed the newest files. */
  public SampleLog copyUpTo(int size) {
    SampleLog copy = new SampleLog(space, isOld);
    copy.accept(files.subList(0, size));
    return copy;
  }
}
