package dev.sealift.client.store;

import dev.sealift.client.compact.Origin;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.store.Lifetimes.Over;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One state of the database, as far as a compaction asks, with the numbers of the store turned into what every device understands. */
final class CarrySource {
  private final Reader reader;
  private final Living living;
  private final LoggedRows logged;
  private final Map<Integer, DeviceId> devices;
  private final OwnSequences own;
  private final long position;
  private final long serverTimeMillis;
  private final SpaceRules rules;
  private @Nullable Stamp lastStamp;
  private @Nullable Origin lastOrigin;

  CarrySource(Reader reader, SpaceRules rules) {
    this(reader, rules, new Living(reader, rules.cutOffMillis()));
  }

  /** As of the position, but for what has died since an earlier server time: that counts as there, as far as it was not forgotten. */
  static CarrySource before(Reader reader, SpaceRules rules, long serverTimeMillis) {
    return new CarrySource(
        reader, rules, new Living(reader, rules.cutOffMillis(), serverTimeMillis));
  }

  private CarrySource(Reader reader, SpaceRules rules, Living living) {
    this.living = living;
    this.reader = reader;
    this.rules = rules;
    logged = new LoggedRows(reader, living);
    devices = Devices.read(reader);
    position = FileLog.position(reader);
    serverTimeMillis = FileLog.lastServerTime(reader);
    own = OwnSequences.read(reader, position);
  }

  Reader reader() {
    return reader;
  }

  LoggedRows logged() {
    return logged;
  }

  long position() {
    return position;
  }

  /** What is over of a table. */
  Over over(String table) {
    return living.over(table);
  }

  long cutOffMillis() {
    return rules.cutOffMillis();
  }

  /** What lost before that is over. */
  long reviewedSince() {
    return serverTimeMillis - rules.reviewWindowMillis();
  }

  /** What was admitted before that is not kept of a table any more. */
  long keptSince(TableInfo table) {
    return KeepPolicies.byLog(reader, table.name()) == Keep.WINDOW ? reviewedSince() : 0;
  }

  /**
   * Lines of a table's history from before may have gone since a base. Where more than a window was to be kept there already, none has.
   *
   * @param baseMillis the server time at the base
   */
  long notForgottenSince(String table, long baseMillis) {
    if (KeepPolicies.byLog(reader, table) == Keep.WINDOW) {
      return reviewedSince();
    }
    try (Statement select = reader.prepare(
        "SELECT min(l.server_time) FROM _sealift_keep k JOIN _sealift_log l USING (sequence)"
            + " WHERE k.name = ? AND k.keep <> 'WINDOW'")) {
      boolean keeps = select.bind(1, table).next() && !select.isNull(1);
      return keeps && select.integer(1) > baseMillis
          ? select.integer(1) - rules.reviewWindowMillis()
          : 0;
    }
  }

  /** What was removed before that is dead, and may be forgotten. */
  long deadBeforeMillis() {
    return serverTimeMillis - 2 * rules.cutOffMillis();
  }

  /** What was removed before that was dead at a server time. */
  long deadBeforeMillis(long atMillis) {
    return atMillis - 2 * rules.cutOffMillis();
  }

  /** What lost before that was over at a server time. */
  long reviewedSince(long atMillis) {
    return atMillis - rules.reviewWindowMillis();
  }

  /** What was written before that comes too late from now on. */
  long lateBeforeMillis() {
    return serverTimeMillis - rules.cutOffMillis();
  }

  DeviceId device(long number) {
    DeviceId device = devices.get((int) number);
    if (device == null) {
      throw new StoreException(
          StoreException.Code.CORRUPT, "a row names a device that the store does not have");
    }
    return device;
  }

  /** One put has given its stamp to all cells of a row. */
  Origin origin(Stamp stamp) {
    Origin known = lastOrigin;
    if (known != null && stamp == lastStamp) {
      return known;
    }
    long sequence = stamp.sequence() == 0 ? own.at(stamp.time()) : stamp.sequence();
    Origin origin = new Origin(stamp.place(), stamp.time(), device(stamp.device()), sequence);
    lastStamp = stamp;
    lastOrigin = origin;
    return origin;
  }
}
