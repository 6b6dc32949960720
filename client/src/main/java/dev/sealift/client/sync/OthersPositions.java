package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.SignedView;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What other devices have signed that they hold. One that lies within the log is compared with it at once, one beyond it as soon as the log is held that
 * far: until then the newest of each device is kept. Bounded by the devices in the space, of which alone anything is taken. Used with the replica's
 * monitor.
 */
final class OthersPositions {
  private final SpaceStore store;

  /** Beyond the log; as the store has it. */
  private final Map<DeviceId, SignedPosition> ahead = new HashMap<>();

  /** What was looked at last, so that it is not again while nothing has changed. */
  private final Map<DeviceId, ByteString> looked = new HashMap<>();

  OthersPositions(SpaceStore store) {
    this.store = store;
    load();
  }

  private void load() {
    ahead.clear();
    looked.clear();
    store.ahead().forEach(one -> ahead.put(one.position().device(), one));
  }

  /** The log is another one, or not held any more; what lay ahead of it the store has forgotten. */
  void wentBack() {
    load();
  }

  /** Which of those that lay ahead the log comes to with some files. */
  record Reached(List<SignedPosition> held, List<DeviceId> passed) {
    void keep(Batch batch) {
      held.forEach(one -> batch.putView(view(one), one.position().root()));
      passed.forEach(batch::removeAhead);
    }
  }

  /**
   * What a mesh tells, checked against the log that is held.
   *
   * @param behind what the mesh was asked from; empty for the first on
   * @return whether anything is known now that was not
   * @throws MeshViolationException when a device holds another log than this one; nothing was taken
   * @throws FormatException when it is nothing that a mesh tells
   */
  boolean take(List<ByteString> told, Optional<DeviceId> behind, PositionCheck check)
      throws MeshViolationException, FormatException {
    List<SignedPosition> held = new ArrayList<>();
    List<SignedPosition> beyond = new ArrayList<>();
    Map<DeviceId, ByteString> looking = new HashMap<>();
    for (SignedPosition one : parse(told, behind)) {
      Position position = one.position();
      boolean isNew = !one.exact().equals(looked.get(position.device()));
      if (isNew && check.counts(one)) {
        looking.put(position.device(), one.exact());
        if (position.sequence() > check.log().position()) {
          beyond.add(one);
        } else if (isHeld(position, store.rootAt(position.sequence()))) {
          held.add(one);
        }
      }
    }
    beyond.removeIf(one -> !isNewer(one, ahead.get(one.position().device())));
    looked.putAll(looking); // what was not taken is looked at again
    if (held.isEmpty() && beyond.isEmpty()) {
      return false;
    }
    try (Batch batch = store.batch()) {
      held.forEach(one -> batch.putView(view(one), one.position().root()));
      beyond.forEach(batch::putAhead);
      batch.commit();
    }
    beyond.forEach(one -> ahead.put(one.position().device(), one));
    return true;
  }

  private static List<SignedPosition> parse(List<ByteString> told, Optional<DeviceId> behind)
      throws FormatException {
    if (told.size() > Limits.MAX_POSITIONS) {
      throw new FormatException("more positions than a frame may have");
    }
    List<SignedPosition> positions = new ArrayList<>(told.size());
    Optional<DeviceId> last = behind;
    for (ByteString exact : told) {
      SignedPosition one = SignedPosition.parse(exact);
      DeviceId device = one.position().device();
      if (last.filter(before -> before.compareTo(device) >= 0).isPresent()) {
        throw new FormatException("positions whose devices do not rise");
      }
      last = Optional.of(device);
      positions.add(one);
    }
    return positions;
  }

  private static boolean isNewer(SignedPosition one, @Nullable SignedPosition than) {
    return than == null || one.position().time().isAfter(than.position().time());
  }

  /**
   * To be asked before some files are applied.
   *
   * @throws MeshViolationException when a device holds another log than this one with them
   */
  Reached reached(VerifiedFiles files, PositionCheck check) throws MeshViolationException {
    List<SignedPosition> held = new ArrayList<>();
    List<DeviceId> passed = new ArrayList<>();
    for (SignedPosition one : ahead.values()) {
      Position position = one.position();
      if (position.sequence() <= files.next().position()) {
        passed.add(position.device());
        if (check.counts(one) && isHeld(position, rootAt(position.sequence(), files))) {
          held.add(one);
        }
      }
    }
    return new Reached(held, passed);
  }

  /** The files were applied, and what was reached was kept with them. */
  void advanced(Reached reached) {
    reached.passed().forEach(ahead::remove);
  }

  private Optional<Hash> rootAt(long sequence, VerifiedFiles files) {
    return files.entries().stream()
        .filter(entry -> entry.sequence() == sequence)
        .map(VerifiedEntry::root)
        .findFirst()
        .or(() -> store.rootAt(sequence));
  }

  /** Of where the own root is not known nothing follows. */
  private static boolean isHeld(Position position, Optional<Hash> own)
      throws MeshViolationException {
    if (own.filter(root -> !root.equals(position.root())).isPresent()) {
      throw new MeshViolationException(
              Violation.SEEN_ANOTHER_LOG,
              position.sequence(),
              "another device has signed that it holds another log than this one")
          .withoutEvidence();
    }
    return own.isPresent();
  }

  private static SignedView view(SignedPosition one) {
    Position position = one.position();
    return new SignedView(position.device(), position.sequence(), position.time());
  }
}
