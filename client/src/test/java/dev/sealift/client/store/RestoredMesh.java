package dev.sealift.client.store;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** A log that loses its tail now and then, and devices that put what they hold of it once more. */
final class RestoredMesh {
  /** A file, the time at which it came, and the place of the one before it. */
  private record Admitted(Sent sent, long serverTimeMillis, long base) {}

  private final SpaceRules rules;

  private final List<Admitted> log = new ArrayList<>();
  private final List<Long> restorations = new ArrayList<>();
  private final Map<TestDevice, Integer> adopted = new HashMap<>();

  /** Of files that were ever admitted: the one before in their chain, which they name. */
  private final Map<FileId, Optional<FileId>> previous = new HashMap<>();

  /** What these held is gone. */
  private final Set<FileId> expired = new HashSet<>();

  private long millis = TestDevice.START_MILLIS;

  RestoredMesh(SpaceRules rules) {
    this.rules = rules;
  }

  boolean isByArrival() {
    return rules.isByArrival();
  }

  long size() {
    return log.size();
  }

  /** All files of the log. */
  List<Sent> sent() {
    return log.stream().map(Admitted::sent).toList();
  }

  /** What time it is. */
  long millis() {
    return millis;
  }

  /** How long ago a file was admitted. */
  long ageOf(long sequence) {
    return millis - log.get((int) sequence - 1).serverTimeMillis();
  }

  void pass(long passedMillis) {
    millis += passedMillis;
  }

  /** It has no more than {@code size} files left; devices hear of it when they come. */
  void restore(long size) {
    log.subList((int) size, log.size()).clear();
    restorations.add(size);
  }

  /** How often it was restored. */
  int restorations() {
    return restorations.size();
  }

  /** The device hears of it, and goes back to what is common for certain. */
  void adopt(TestDevice device) {
    int from = adopted.getOrDefault(device, 0);
    if (from < restorations.size()) {
      device.rewind(restorations.subList(from, restorations.size()).stream()
          .min(Long::compare)
          .orElseThrow());
      adopted.put(device, restorations.size());
    }
  }

  void get(TestDevice device) {
    adopt(device);
    if (device.store.unfinishedStep().isPresent()) {
      device.beginAnew();
    }
    read(device, size());
    device.displaced().forEach((id, sent) -> {
      long last = lastCounter(sent.author());
      if (sent.counter() <= last || sent.counter() == last + 1 && !isNext(sent)) {
        device.write(batch -> batch.removeDisplaced(id)); // it is there, or another in its place
      }
    });
  }

  /** Who was never there, and takes the log as it is up to a size. */
  TestDevice reader(TestFolder folder, String name, long size) {
    TestDevice reader = folder.device(name);
    reader.millis = millis;
    read(reader, size);
    return reader;
  }

  /** Lets go of what files hold that have expired. */
  void expire() {
    log.stream()
        .map(Admitted::sent)
        .filter(sent -> sent.isExpired(log.get(log.size() - 1).serverTimeMillis()))
        .forEach(sent -> expired.add(sent.id()));
  }

  /** The device takes the log as it is up to a size; of a file that has expired there without what it held, once the mesh has let go of that. */
  void read(TestDevice device, long size) {
    read(device, size, expired);
  }

  /** As {@link #read}, as who has read each file before the mesh let go of what it holds. */
  void readWhole(TestDevice device, long size) {
    read(device, size, Set.of());
  }

  /** Of how many files it has let go of what they hold. */
  int expiredFiles() {
    return expired.size();
  }

  private void read(TestDevice device, long size, Set<FileId> gone) {
    for (long sequence = device.store.position() + 1; sequence <= size; sequence++) {
      Admitted next = log.get((int) sequence - 1);
      RemoteFile file = next.sent().at(sequence, next.serverTimeMillis(), next.base());
      long toMillis = log.get((int) size - 1).serverTimeMillis();
      if (gone.contains(next.sent().id()) && next.sent().isExpired(toMillis)) {
        device.receiveExpired(next.sent(), file);
      } else {
        device.receive(next.sent(), file);
      }
    }
  }

  /** Up to {@code most} files of others that lost their places, in an order drawn at random as far as their chains let it be. */
  void putDisplaced(TestDevice device, int most, Random random) {
    for (int i = 0; i < most; i++) {
      List<Sent> next = device.displaced().values().stream()
          .filter(this::isNext)
          .filter(this::hasBasis)
          .toList();
      if (next.isEmpty()) {
        return;
      }
      add(next.get(random.nextInt(next.size())));
    }
  }

  /** Files that some of a file's events had seen without a place. */
  static Stream<DotRef> basis(Sent sent) {
    return sent.runs().stream().flatMap(run -> run.seenFiles().stream());
  }

  private boolean hasBasis(Sent sent) {
    return basis(sent)
        .allMatch(dot -> log.stream().anyMatch(file -> file.sent().id().equals(dot.file())));
  }

  private boolean isNext(Sent sent) {
    return sent.counter() == lastCounter(sent.author()) + 1 && follows(sent, head(sent.author()));
  }

  private boolean follows(Sent sent, Optional<FileId> before) {
    return previous.getOrDefault(sent.id(), before).equals(before);
  }

  private void add(Sent sent) {
    millis++;
    previous.put(sent.id(), head(sent.author()));
    log.add(new Admitted(sent, millis, base(sent.author())));
  }

  /** Everything of its own, behind what the log has of its chain, and what another copy of this home made. */
  void sync(TestDevice device, long maxBytes) {
    get(device);
    device.displaced().values().stream()
        .filter(sent -> sent.author().equals(device.id))
        .filter(this::isNext)
        .forEach(this::add);
    get(device);
    renumber(device);
    device.waiting().forEach(sent -> admit(device, sent));
    for (Sent sent = device.pack(maxBytes); sent != null; sent = device.pack(maxBytes)) {
      admit(device, sent);
    }
    get(device);
  }

  /** The log may have other files of this device than those that it made itself. */
  private void renumber(TestDevice device) {
    List<Sent> waiting = device.waiting();
    long last = lastCounter(device.id);
    if (!isChain(waiting, last, head(device.id))) {
      List<Sent> renumbered = new ArrayList<>();
      Optional<FileId> before = head(device.id);
      for (Sent sent : waiting) {
        Sent again = device.sentAfter(before, last + 1 + renumbered.size(), sent.runs());
        renumbered.add(again);
        before = Optional.of(again.id());
      }
      device.write(
          batch -> batch.replaceOutbox(renumbered.stream().map(Sent::outboxFile).toList()));
      device.remember(renumbered);
    }
    device.counter(last + waiting.size());
  }

  private boolean isChain(List<Sent> files, long last, Optional<FileId> head) {
    long counter = last;
    Optional<FileId> before = head;
    for (Sent file : files) {
      counter++;
      if (file.counter() != counter || !follows(file, before)) {
        return false;
      }
      before = Optional.of(file.id());
    }
    return true;
  }

  private void admit(TestDevice device, Sent sent) {
    if (!isNext(sent)) {
      throw new AssertionError("a gap in a chain");
    }
    add(sent);
    device.write(batch -> batch.settle(sent.counter(), sent.id(), log.size()));
  }

  private long base(DeviceId author) {
    return last(author)
        .map(file ->
            rules.publicPlace(file.serverTimeMillis(), file.base(), file.sent().newest()))
        .orElse(0L);
  }

  private long lastCounter(DeviceId author) {
    return last(author).map(Admitted::sent).map(Sent::counter).orElse(0L);
  }

  private Optional<FileId> head(DeviceId author) {
    return last(author).map(Admitted::sent).map(Sent::id);
  }

  private Optional<Admitted> last(DeviceId author) {
    return log.stream()
        .filter(file -> file.sent().author().equals(author))
        .reduce((one, next) -> next);
  }
}
