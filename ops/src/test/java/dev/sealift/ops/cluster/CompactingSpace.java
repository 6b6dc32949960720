package dev.sealift.ops.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.vault.Vault;
import dev.sealift.ops.cluster.CompactingDevice.Invited;
import dev.sealift.ops.compaction.NotToldException;
import dev.sealift.ops.compaction.Questioner;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.mesh.OperatorSecret;
import dev.sealift.ops.support.Await;
import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectedCompaction;
import dev.sealift.protocol.mesh.proto.ReclaimState;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A founder and guests of one space, who write and are told to compact; what they wrote and was acknowledged is remembered. */
final class CompactingSpace implements AutoCloseable {
  private final Path folder;
  private final URI mesh;
  private final Vault vault;
  private final Questioner operator;
  private final List<CompactingDevice> devices = new ArrayList<>();
  private final Invited invited;
  private final Map<String, String> acknowledged = new HashMap<>();
  private volatile int writes;
  private volatile boolean stop;
  private volatile @Nullable Throwable failure;
  private @Nullable Thread writer;

  CompactingSpace(Path folder, URI mesh, int guests) throws Exception {
    this.folder = folder;
    this.mesh = mesh;
    this.vault = Vault.open(folder.resolve("vault"), null);
    this.operator = operator(folder.resolve("mesh"), mesh);
    devices.add(CompactingDevice.founder(folder, vault, mesh));
    this.invited = founder().invite();
    for (int i = 0; i < guests; i++) {
      join();
    }
  }

  private static Questioner operator(Path data, URI mesh) throws MeshStartException {
    return new Questioner(
        URI.create("http://127.0.0.1:" + mesh.getPort()),
        OperatorSecret.read(data.resolve(OperatorSecret.FILE)));
  }

  private CompactingDevice founder() {
    return devices.get(0);
  }

  CompactingDevice join() {
    CompactingDevice guest = CompactingDevice.guest(folder, vault, mesh, invited);
    devices.add(guest);
    return guest;
  }

  /** So many files, by one device after the other; keys are written again and again. */
  void write(int files) {
    for (int i = 0; i < files; i++) {
      int number = writes + 1;
      String key = "k" + number % 50;
      String body = "note " + number;
      devices.get(number % devices.size()).write(key, body);
      acknowledged.put(key, body);
      writes = number;
    }
  }

  /** Goes on writing until {@link #stopWriting}. */
  void startWriting() {
    Thread started = new Thread(this::keepWriting, "writer");
    writer = started;
    started.start();
  }

  private void keepWriting() {
    try {
      while (!stop) {
        write(1);
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  /** Awaits that so many more files are acknowledged, or something else. */
  void awaitMore(int files, BooleanSupplier orElse) {
    int target = writes + files;
    Await.until(
        Processes.DEADLINE,
        () -> writes > target || orElse.getAsBoolean() || failure != null,
        () -> writes + " writes");
  }

  void stopWriting() throws InterruptedException {
    stop = true;
    requireNonNull(writer).join();
    assertThat(failure).isNull();
  }

  /** What the mesh tells an operator; empty while it has no answer. */
  Optional<InspectReply> look() {
    try {
      return Optional.of(operator.ask(founder().space()));
    } catch (NotToldException e) {
      return Optional.empty();
    }
  }

  /** Returns when a compaction stands that covers so many files of the log at least, and the devices are past it. */
  void awaitCompacted(long files) {
    Await.until(
        Processes.DEADLINE.multipliedBy(2),
        () -> look().filter(told -> isCompacted(told, files)).isPresent(),
        () -> look().map(InspectReply::toString).orElse("no answer"));
  }

  /** Returns when operators are told that all is reclaimed that can be. */
  void awaitDone() {
    Await.until(
        Processes.DEADLINE,
        () -> look().filter(CompactingSpace::isDone).isPresent(),
        () -> look().map(InspectReply::toString).orElse("no answer"));
  }

  private static boolean isDone(InspectReply told) {
    return told.getCompactionsList().stream()
        .filter(InspectedCompaction::getStands)
        .allMatch(one -> one.getState() == ReclaimState.RECLAIM_STATE_DONE);
  }

  private static boolean isCompacted(InspectReply told, long files) {
    List<InspectedCompaction> standing = told.getCompactionsList().stream()
        .filter(InspectedCompaction::getStands)
        .toList();
    long behind =
        standing.stream().mapToLong(InspectedCompaction::getSequence).max().orElse(0);
    return standing.stream().anyMatch(one -> one.getBase() >= files)
        && told.getDevicesList().stream().allMatch(device -> device.getPosition() >= behind);
  }

  /** All show the same, and what was acknowledged; nobody accuses anybody. */
  void assertAllAgree() {
    devices.forEach(CompactingDevice::awaitUpToDate);
    long end = devices.stream().mapToLong(CompactingDevice::position).max().orElseThrow();
    Await.until(
        Processes.DEADLINE,
        () -> devices.stream().allMatch(device -> device.position() >= end),
        () -> "positions " + devices.stream().map(CompactingDevice::position).toList());
    assertThat(devices.stream().map(CompactingDevice::merged).collect(Collectors.toSet()))
        .hasSize(1);
    assertThat(devices.stream().map(CompactingDevice::shown).collect(Collectors.toSet()))
        .hasSize(1);
    assertThat(founder().rows()).isEqualTo(acknowledged);
    assertThat(devices).noneMatch(CompactingDevice::contests);
  }

  @Override
  public void close() {
    stop = true;
    devices.forEach(CompactingDevice::close);
  }
}
