package dev.sealift.client.store;

import dev.sealift.client.compact.CodePoints;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which rows the events of some files of the log are about, also those that came too late, were refused, or dismiss something. By reading the files, which the store keeps sealed: nothing else tells, for an event can leave no
 * trace but that something is gone. Names of rows are held up to a bound; where there are more the files are read again for the next ones.
 */
final class TouchedRows {
  /** Names held at a time: some 30 MiB of short ones. */
  private static final int MOST_ROWS = 1 << 18;

  /** Files looked up at a time. */
  private static final int CHUNK_FILES = 64;

  private static final long CHUNK_BYTES = 8L << 20;

  private final Reader reader;
  private final StepRange range;
  private final Opener opener;
  private final int most;

  TouchedRows(Reader reader, StepRange range, Opener opener) {
    this(reader, range, opener, MOST_ROWS);
  }

  TouchedRows(Reader reader, StepRange range, Opener opener, int most) {
    this.reader = reader;
    this.range = range;
    this.opener = opener;
    this.most = most;
  }

  /** The name of a row; of a table that the store need not have. */
  record Touched(String table, String key) {
    static final Comparator<Touched> ORDER = Comparator.comparing(
            Touched::table, CodePoints::compare)
        .thenComparing(Touched::key, CodePoints::compare);
  }

  /** Some of them, behind one in their order; none when there are no more. */
  List<Touched> after(@Nullable Touched last) {
    TreeSet<Touched> found = new TreeSet<>(Touched.ORDER);
    for (long at = range.first(); at <= range.base(); ) {
      List<KeptFile> files =
          FileLog.kept(reader, at, (int) Math.min(CHUNK_FILES, range.base() - at + 1), CHUNK_BYTES);
      if (files.isEmpty()) {
        throw new IllegalStateException("a compaction is made of files that are kept");
      }
      List<LogEntry> entries = FileLog.log(reader, at, files.size());
      for (int i = 0; i < files.size(); i++) {
        KeptFile file = files.get(i);
        note(opener.open(entries.get(i), file.header(), file.payload()), last, found);
      }
      at += files.size();
    }
    return new ArrayList<>(found);
  }

  private void note(RemoteFile file, @Nullable Touched last, TreeSet<Touched> found) {
    if (!RemoteWriter.isConsistent(file)) {
      return;
    }
    for (EventRun run : file.runs()) {
      if (run.kind() != RunKind.GUARD) {
        for (RowEvent event : run.rows()) {
          note(new Touched(run.table(), event.key()), last, found);
        }
      }
    }
  }

  private void note(Touched row, @Nullable Touched last, TreeSet<Touched> found) {
    if (last == null || Touched.ORDER.compare(row, last) > 0) {
      found.add(row);
      if (found.size() > most) {
        found.pollLast();
      }
    }
  }
}
