package dev.sealift.client.store;

import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long events count, by the tables of which the log says so: {@code protocol/compaction.md} has the law. Immutable. In spaces that rank by hybrid time alone, and never longer than before.
 */
final class Lifetimes {
  static final long MIN_MILLIS = 60_000;

  /** A hundred years. */
  static final long MAX_MILLIS = 3_155_760_000_000L;

  static final String SELECT =
      "SELECT name, millis, sequence FROM _sealift_lifetime ORDER BY sequence";

  /** Of a loser {@code l}: that it is not over at the position. */
  static final String LOSER_COUNTS =
      "NOT EXISTS (SELECT 1 FROM _sealift_lifetime f JOIN _sealift_table n ON n.name = f.name WHERE n.id = l.tbl AND "
          + TableSql.millis("l.t")
          + " + f.millis <= (SELECT server_time FROM _sealift_log ORDER BY sequence DESC LIMIT 1))";

  static final Lifetimes NONE = new Lifetimes(Map.of());

  /** By tables; shorter from one to the next. */
  private final Map<String, List<Since>> byTable;

  /** What the log says behind a sequence. */
  private record Since(long sequence, long millis) {}

  private Lifetimes(Map<String, List<Since>> byTable) {
    this.byTable = byTable;
  }

  /** @param select {@link #SELECT}, not used yet */
  static Lifetimes read(Statement select) {
    Map<String, List<Since>> found = new HashMap<>();
    try {
      while (select.next()) {
        found
            .computeIfAbsent(select.text(1), table -> new ArrayList<>())
            .add(new Since(select.integer(3), select.integer(2)));
      }
    } finally {
      select.reset();
    }
    return found.isEmpty() ? NONE : new Lifetimes(found);
  }

  static Lifetimes read(Reader reader) {
    return read(reader.statement(SELECT));
  }

  /** What a declaration says; nothing when that makes no sense. */
  static Optional<Long> parse(Value value) {
    return value instanceof Value.Int millis && isLifetime(millis.value())
        ? Optional.of(millis.value())
        : Optional.empty();
  }

  static boolean isLifetime(long millis) {
    return millis >= MIN_MILLIS && millis <= MAX_MILLIS;
  }

  boolean isEmpty() {
    return byTable.isEmpty();
  }

  /** By the whole log; empty of a table whose events count for good. */
  Optional<Long> of(String table) {
    return before(table, Long.MAX_VALUE);
  }

  /** By the log before a sequence. */
  Optional<Long> before(String table, long sequence) {
    Optional<Long> last = Optional.empty();
    for (Since since : byTable.getOrDefault(table, List.of())) {
      if (since.sequence() < sequence) {
        last = Optional.of(since.millis());
      }
    }
    return last;
  }

  /** When all events of a file that goes to the end of the log are over, if they may go then; {@link RemoteFile#NEVER}. */
  long expiry(List<EventRun> runs) {
    long expiry = RemoteFile.NEVER;
    for (EventRun run : runs) {
      Optional<Long> lifetime = of(run.table()).filter(millis -> RemoteFile.mayExpire(run));
      if (lifetime.isEmpty()) {
        return RemoteFile.NEVER;
      }
      for (RowEvent event : run.rows()) {
        expiry = Math.max(expiry, event.time().millis() + lifetime.get());
      }
    }
    return expiry;
  }

  /** The tables that have one. */
  Iterable<String> tables() {
    return byTable.keySet();
  }

  /** What is over of a table where a server time is, by the log before a sequence. */
  Over over(String table, long sequence, long serverTimeMillis) {
    return before(table, sequence)
        .map(millis -> new Over(true, serverTimeMillis - millis))
        .orElse(Over.NOTHING);
  }

  /**
   * What is over of a table.
   *
   * @param hasLifetime whether its events count for a lifetime
   * @param upToMillis those of this time and before are over
   */
  record Over(boolean hasLifetime, long upToMillis) {
    static final Over NOTHING = new Over(false, -1);

    /** Whether any event of a run is. */
    boolean isAny(EventRun run) {
      return run.rows().stream().anyMatch(event -> is(event.time()));
    }

    boolean is(HybridTime time) {
      return time.millis() <= upToMillis;
    }

    boolean is(Stamp stamp) {
      return is(stamp.hybridTime());
    }

    /** Whether the event of such bits is. */
    boolean is(long time) {
      return is(new HybridTime(time));
    }
  }
}
