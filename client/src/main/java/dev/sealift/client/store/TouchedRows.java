package dev.sealift.client.store;

import dev.sealift.client.compact.CodePoints;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.LeastNames.Most;
import dev.sealift.client.store.Lifetimes.Over;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows the events of some files of the log are about that are not over at their end, also those that came too late, were refused, or dismiss something. By reading the files, which the store keeps sealed: nothing else tells, for an event can leave no
 * trace but that something is gone. Names of rows are held up to a bound; where there are more the files are read again for the next ones.
 */
final class TouchedRows {
  /** Files looked up at a time. */
  private static final int CHUNK_FILES = 64;

  private static final long CHUNK_BYTES = 8L << 20;

  private final Reader reader;
  private final StepRange range;
  private final Opener opener;
  private final Most most;
  private final Lifetimes lifetimes;
  private final long baseMillis;

  TouchedRows(Reader reader, StepRange range, Opener opener) {
    this(reader, range, opener, Most.DEFAULT);
  }

  private TouchedRows(Reader reader, StepRange range, Opener opener, Most most) {
    this.reader = reader;
    this.range = range;
    this.opener = opener;
    this.most = most;
    lifetimes = Lifetimes.read(reader);
    baseMillis = FileLog.serverTimeAt(reader, range.base());
  }

  /** The order of rows in a compaction. */
  static final Comparator<RowName> ORDER = Comparator.comparing(RowName::table, CodePoints::compare)
      .thenComparing(RowName::key, CodePoints::compare);

  /**
   * Some of them.
   *
   * @param isLast whether there are no more behind these
   */
  record Some(Iterator<RowName> rows, boolean isLast) {
    static final Some NOTHING = new Some(Collections.emptyIterator(), true);
  }

  /** Those behind one in their order, as many as may be held. */
  Some after(@Nullable RowName last) {
    LeastNames found = new LeastNames(last, most);
    for (long at = range.first(); at <= range.base(); ) {
      List<KeptFile> files =
          FileLog.kept(reader, at, (int) Math.min(CHUNK_FILES, range.base() - at + 1), CHUNK_BYTES);
      if (files.isEmpty() && ExpiredFiles.contains(reader, at)) {
        at++;
        continue;
      }
      if (files.isEmpty()) {
        throw new IllegalStateException("a compaction is made of files that are kept");
      }
      List<LogEntry> entries = FileLog.log(reader, at, files.size());
      for (int i = 0; i < files.size(); i++) {
        KeptFile file = files.get(i);
        note(opener.open(entries.get(i), file.header(), file.payload()), found);
      }
      at += files.size();
    }
    return new Some(found.sorted(), found.isWhole());
  }

  private void note(RemoteFile file, LeastNames found) {
    if (!file.isConsistent(lifetimes)) {
      return;
    }
    for (EventRun run : file.runs()) {
      if (run.kind() != RunKind.GUARD) {
        Over over = lifetimes.over(run.table(), range.base() + 1, baseMillis);
        for (RowEvent event : run.rows()) {
          if (!over.is(event.time())) {
            found.add(run.table(), event.key());
          }
        }
      }
    }
  }
}
