package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.RowMerger.Event;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps others' files that came directly, and shows what they bring: as {@link Unplaced} events, until the log has it. Dismissals and guards wait for that; the transactions show, as this device's own
 * do.
 */
final class TakeOver {
  private final RowMerger rows;
  private final RemoteWriter remote;
  private final FileLog log;
  private final Devices devices;
  private final Unplaced unplaced;
  private final SeenFiles files;
  private final Rising rising;
  private final Restamp restamp;
  private final Set<Unplaced.Row> shown = new LinkedHashSet<>();
  private boolean taken;

  TakeOver(
      RowMerger rows,
      RemoteWriter remote,
      FileLog log,
      Devices devices,
      Unplaced unplaced,
      SeenFiles files,
      Rising rising,
      Restamp restamp) {
    this.rows = rows;
    this.remote = remote;
    this.log = log;
    this.devices = devices;
    this.unplaced = unplaced;
    this.files = files;
    this.rising = rising;
    this.restamp = restamp;
  }

  void take(HandedFile file) {
    long id = log.hold(file.dot().file(), file.header(), file.payload());
    SeenFiles.Basis basis = files.basis(file.runs());
    long place = rising.placeOf(file.dot(), basis);
    files.take(id, file.dot(), file.newest(), basis, restamp.last(), place);
    taken = true;
    int author = devices.number(file.dot().device());
    for (EventRun run : file.runs()) {
      if (run.kind() != RunKind.DISMISS && run.kind() != RunKind.GUARD) {
        show(id, author, run, place);
      }
    }
  }

  private void show(long id, int author, EventRun run, long place) {
    TableInfo table = remote.require(run);
    List<ColumnInfo> columns = RemoteWriter.columns(run, table);
    long seenFiles = files.of(run.seenFiles());
    for (RowEvent row : run.rows()) {
      long number = rows.standAside(table, row.key());
      Event event = new Event(
          run.kind(),
          row.key(),
          Unplaced.stamp(place, row.time().bits(), author),
          columns,
          row.values());
      unplaced.add(id, table, number, event, run.seenSequence(), seenFiles);
      shown.add(new Unplaced.Row(table.id(), number));
    }
  }

  /** At the end of a batch: the rows that are to be shown anew, each once, however many files are about it. */
  List<Unplaced.Row> end() {
    if (taken) {
      files.requireFew();
    }
    List<Unplaced.Row> all = List.copyOf(shown);
    forget();
    return all;
  }

  /** The batch was given up. */
  void forget() {
    taken = false;
    shown.clear();
  }
}
