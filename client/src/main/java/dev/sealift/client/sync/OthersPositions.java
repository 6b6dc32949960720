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
import java.util.function.Function;
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
    boolean isAny = !held.isEmpty() || !beyond.isEmpty();
    if (isAny) {
      try (Batch batch = store.batch()) {
        held.forEach(one -> batch.putView(view(one), one.position().root()));
        beyond.forEach(batch::putAhead);
        batch.commit();
      }
      beyond.forEach(one -> ahead.put(one.position().device(), one));
    }
    looked.putAll(looking); // what could not be kept is looked at again
    return isAny;
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
    return reached(files.next().position(), sequence -> rootAt(sequence, files), check);
  }

  /**
   * The log has come to a position by a step.
   *
   * @throws MeshViolationException when a device holds another log
   */
  void stepped(PositionCheck check) throws MeshViolationException {
    Reached reached = reached(check.log().position(), store::rootAt, check);
    if (!reached.passed().isEmpty()) {
      try (Batch batch = store.batch()) {
        reached.keep(batch);
        batch.commit();
      }
      advanced(reached);
    }
  }

  /** And those of whoever is not in the space any more. */
  private Reached reached(long upTo, Function<Long, Optional<Hash>> roots, PositionCheck check)
      throws MeshViolationException {
    List<SignedPosition> held = new ArrayList<>();
    List<DeviceId> passed = new ArrayList<>();
    for (SignedPosition one : List.copyOf(ahead.values())) {
      Position position = one.position();
      if (position.sequence() <= upTo) {
        passed.add(position.device());
        if (check.counts(one) && isHeldOrForgotten(position, roots.apply(position.sequence()))) {
          held.add(one);
        }
      } else if (!check.isThere(position.device())) {
        passed.add(position.device());
      }
    }
    return new Reached(held, passed);
  }

  /** What convicts a mesh does so once, and again each time that it is told: else one word of one member, passed on once, would stop this device for ever, whoever serves it. */
  private boolean isHeldOrForgotten(Position position, Optional<Hash> own)
      throws MeshViolationException {
    try {
      return isHeld(position, own);
    } catch (MeshViolationException e) {
      try (Batch batch = store.batch()) {
        batch.removeAhead(position.device());
        batch.commit();
      }
      ahead.remove(position.device());
      looked.remove(position.device());
      throw e;
    }
  }

  /** What was reached is kept. */
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
