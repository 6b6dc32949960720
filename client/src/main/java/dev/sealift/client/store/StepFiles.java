package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedIds;
import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The log's files as a step brings them: whether they are those that are held, as far as they are, and behind the position go on from there. */
final class StepFiles {
  private final SpaceStore store;
  private final StepRange range;
  private final StepRoots roots;
  private final SpaceRules rules;
  private final long position;

  /** The last counter of each chain; as many as have files in the range. */
  private final Map<DeviceId, Long> heads = new HashMap<>();

  private final CarriedIds ids;
  private boolean hasBegun;
  private @Nullable Hash root;
  private long lastMillis;
  private HybridTime newest = HybridTime.ZERO;

  /**
   * A file that is to be appended to the log.
   *
   * @param root with it as the last leaf; null of an old one
   */
  record Staged(CarriedFile file, @Nullable Hash root) {}

  StepFiles(SpaceStore store, StepRange range, StepRoots roots) {
    this.store = store;
    this.range = range;
    this.roots = roots;
    rules = store.rules();
    ids = new CarriedIds(rules.cutOffMillis());
    position = store.position();
    lastMillis = position == 0 ? 0 : store.serverTimeAt(position);
  }

  /** The position that the step began at. */
  long position() {
    return position;
  }

  /** Of the log up to the last file that came, if that is not an old one. */
  Optional<Hash> root() {
    return Optional.ofNullable(root);
  }

  /** The server time of the last file that came, and not before the position. */
  long lastMillis() {
    return lastMillis;
  }

  /** The time of the newest event that any of them has. */
  HybridTime newest() {
    return newest;
  }

  /**
   * The next files.
   *
   * @return those behind the position
   * @throws FormatException when the log cannot have them, or has others
   */
  List<Staged> follow(List<CarriedFile> files) throws FormatException {
    List<CarriedFile> held = held(files);
    List<Staged> more = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      CarriedFile file = files.get(i);
      ids.follow(file);
      boolean isHeld = i < held.size();
      if (isHeld) {
        require(file.agrees(held.get(i)), "the log that is held has another file");
      } else {
        requireNext(file);
      }
      Hash with = grown(file);
      if (!isHeld) {
        more.add(new Staged(file, with));
      }
    }
    return more;
  }

  /** The root with the file, once the tree has begun. */
  private @Nullable Hash grown(CarriedFile file) throws FormatException {
    if (file.edge() != null) {
      roots.begin(file.sequence(), file.edge());
      hasBegun = true;
    }
    root = hasBegun
        ? roots.with(file.sequence(), file.id(), file.serverTimeMillis(), file.base())
        : null;
    return root;
  }

  /** All files have come. */
  void end() throws FormatException {
    ids.end(store.position() >= range.base() ? store.serverTimeAt(range.base()) : lastMillis);
  }

  private static void require(boolean holds, String what) throws FormatException {
    if (!holds) {
      throw new FormatException(what);
    }
  }

  private List<CarriedFile> held(List<CarriedFile> files) {
    long first = files.isEmpty() ? range.base() : files.get(0).sequence();
    long last = Math.min(position, first + files.size() - 1);
    return last < first ? List.of() : store.carriedFiles(new StepRange(first, last));
  }

  private void requireNext(CarriedFile file) throws FormatException {
    long before = heads.computeIfAbsent(file.author(), store::lastCounter);
    require(file.counter() == before + 1, "a chain of the log has a gap, or a fork");
    require(file.serverTimeMillis() > lastMillis, "the log's times do not ascend");
    require(isPlaced(file), "a file of the log stands where none can");
    heads.put(file.author(), file.counter());
    lastMillis = file.serverTimeMillis();
    newest = HybridTime.max(newest, new HybridTime(file.newest()));
  }

  /** In time, or late: see section 9 of the specification. */
  private boolean isPlaced(CarriedFile file) {
    long came = file.serverTimeMillis();
    if (!rules.isByArrival()) {
      return file.place() == 0 && file.known() == 0 && file.newest() == 0;
    }
    return file.known() == came
        ? file.place() == came
        : file.known() == file.base() && file.known() <= file.place() && file.place() < came;
  }
}
