package dev.sealift.client.store;

import dev.sealift.client.pack.DotRef;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where files that came directly stand in a space that ranks by arrival, until the log has them: not below what they build on, nor below what their authors had seen of the log. When one of those gets its place, or more of the log comes, the files
 * that were made on it rise, and what this device wrote after it had seen them.
 */
final class Rising {
  private final Places places;
  private final SeenFiles files;
  private final Unplaced unplaced;
  private final FileLog log;

  /** Those that have their places since the batch began. */
  private final List<SeenFiles.Held> placed = new ArrayList<>();

  /** The position when files were last looked at. */
  private long reached;

  Rising(Places places, SeenFiles files, Unplaced unplaced, FileLog log) {
    this.places = places;
    this.files = files;
    this.unplaced = unplaced;
    this.log = log;
    load();
  }

  /** As the database has it. */
  void load() {
    placed.clear();
    reached = log.position();
  }

  /** The place of a file that comes directly. What its author had seen of the log beyond what is held here counts as far as that. */
  long placeOf(DotRef file, SeenFiles.Basis basis) {
    return places.areUsed()
        ? Math.max(places.ofWhatWasSeen(basis.sequence()), highest(file, basis.files()))
        : 0;
  }

  /** That of what a file builds on: what is before it in its chain, and what its author had seen beside the log. */
  private long highest(DotRef file, List<DotRef> seen) {
    long before = file.counter() - 1;
    long inLog = places.at(file.device(), before);
    return Math.max(Math.max(inLog, files.placeOf(file.device(), before)), highest(seen));
  }

  private long highest(List<DotRef> seen) {
    long highest = 0;
    for (DotRef dot : seen) {
      highest = Math.max(highest, Math.max(places.of(dot), files.placeOf(dot)));
    }
    return highest;
  }

  /** A displaced file has a place, and is about to be forgotten. */
  void placed(long id) {
    if (places.areUsed()) {
      files.held(id).ifPresent(placed::add);
    }
  }

  /**
   * What has risen.
   *
   * @param rows of others' files, to be shown anew
   * @param lowestOwn the lowest place that this device's own had before, where any has risen
   */
  record Risen(List<Unplaced.Row> rows, OptionalLong lowestOwn) {
    static final Risen NOTHING = new Risen(List.of(), OptionalLong.empty());
  }

  /** At the end of a batch. */
  Risen end() {
    boolean due =
        !placed.isEmpty() || log.position() > reached && places.areUsed() && !files.isEmpty();
    reached = log.position();
    if (!due) {
      return Risen.NOTHING;
    }
    List<Unplaced.Row> rows = new ArrayList<>();
    List<OptionalLong> own = new ArrayList<>();
    for (SeenFiles.Held held : placed) {
      own.add(raiseOwn(held, places.of(held.dot())));
    }
    for (SeenFiles.Held held : files.held()) {
      long place = placeOf(held.dot(), held.basis());
      if (place > held.place()) {
        files.raise(held.id(), place);
        rows.addAll(unplaced.raise(held.id(), place));
        own.add(raiseOwn(held, place));
      }
    }
    placed.clear();
    return new Risen(rows, own.stream().flatMapToLong(OptionalLong::stream).min());
  }

  /** What was written after a file was taken over has seen it. */
  private OptionalLong raiseOwn(SeenFiles.Held held, long place) {
    return log.firstUnadmitted(held.lastOwn())
        .map(first -> places.raiseFrom(first, place))
        .orElse(OptionalLong.empty());
  }
}
