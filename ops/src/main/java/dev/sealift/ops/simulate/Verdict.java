package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.store.HistoryItem;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Judges a run when everything is healed and at rest: whether all devices agree, and whether what they agree on is what the laws make of what was written. */
final class Verdict {
  private static final int MOST_LOST = 100_000;

  private final List<Device> devices;
  private final History history;
  private final Receipts receipts;
  private final SpaceRules rules;

  Verdict(List<Device> devices, History history, Receipts receipts, SpaceRules rules) {
    this.rules = rules;
    this.devices = devices;
    this.history = history;
    this.receipts = receipts;
  }

  /**
   * @return how many files the log has
   * @throws Fault when something is not as it must be
   */
  long judge() {
    Device first = devices.get(0);
    devices.forEach(other -> requireAlike(first, other));
    LogReader log = new LogReader(first.store(), first.replica(), rules);
    requireFilesOnce(log.files());
    receipts.requireKept(log.files());
    requireHonestAndCausal(log);
    requireWhole(log);
    requireEverythingArrived(log);
    requireMerged(first, log);
    requireRulesKept(log);
    devices.forEach(other -> requireSameHistory(first.store(), other, log));
    return log.files().size();
  }

  private static void requireAlike(Device one, Device other) {
    SpaceStore a = one.store();
    SpaceStore b = other.store();
    require(
        a.position() == b.position(),
        "L1",
        one + " and " + other + " hold logs of different lengths");
    require(
        a.visibleDigest().equals(b.visibleDigest()),
        "L1",
        one + " and " + other + " show different things");
    List<LostValue> onlyOne = without(a.inbox(MOST_LOST), b.inbox(MOST_LOST));
    List<LostValue> onlyOther = without(b.inbox(MOST_LOST), a.inbox(MOST_LOST));
    require(
        a.inbox(MOST_LOST).equals(b.inbox(MOST_LOST)),
        "L5",
        "the inbox of %s alone has %s, and that of %s %s"
            .formatted(one, onlyOne, other, onlyOther));
    require(
        a.mergeDigest().equals(b.mergeDigest()),
        "L1",
        one + " and " + other + " differ in what they have merged");
  }

  /** What is kept of what was written follows from the log alone. */
  private static void requireSameHistory(SpaceStore store, Device other, LogReader log) {
    log.events().stream()
        .map(LogEvent::key)
        .distinct()
        .forEach(key -> require(
            history(store, key).equals(history(other.store(), key)),
            "L1",
            other + " has another history of " + key));
  }

  private static List<HistoryItem> history(SpaceStore store, String key) {
    return store.history(Writer.TABLE, key, Optional.empty(), Optional.empty(), MOST_LOST);
  }

  private static List<LostValue> without(List<LostValue> some, List<LostValue> others) {
    return some.stream().filter(lost -> !others.contains(lost)).toList();
  }

  private static void require(boolean holds, String law, String otherwise) {
    if (!holds) {
      throw new Fault(law, otherwise);
    }
  }

  /** L8: no file stands twice in the log, and no place of a chain has two. */
  private static void requireFilesOnce(List<KeptFile> files) {
    Set<Object> once = new HashSet<>();
    for (KeptFile file : files) {
      try {
        SignedHeader header = LogReader.header(file);
        FileId id = header.id();
        require(once.add(id), "L8", "file " + file.sequence() + " is in the log twice");
        require(
            once.add(List.of(header.header().device(), header.header().counter())),
            "L8",
            "file " + file.sequence() + " has the counter of another");
      } catch (FormatException e) {
        throw new Fault("L10", "file " + file.sequence() + " has no header: " + e.getMessage());
      }
    }
  }

  /** What events say of what their authors had seen is so (L2, L5), and they are later than all of that (L2). */
  private void requireHonestAndCausal(LogReader log) {
    HybridTime[] newestUpTo = newestUpTo(log);
    long[] highestUpTo = highestUpTo(log);
    for (LogEvent event : log.events()) {
      require(
          event.kind() == RunKind.GUARD
              || history.of(event.device(), event.key()).stream()
                  .anyMatch(written -> isOf(written, event)),
          "L5",
          "no write was made as file %d has it: %s of %s, having seen %d"
              .formatted(event.sequence(), event.kind(), event.key(), event.seen()));
      int seen = (int) Math.min(event.seen(), event.sequence() - 1);
      require(
          event.time().isAfter(newestUpTo[seen]),
          "L2",
          "an event of file %d is not later than what its author had seen"
              .formatted(event.sequence()));
      require(
          event.place() >= highestUpTo[seen],
          "L2",
          "file %d stands below what its author had seen".formatted(event.sequence()));
    }
  }

  private static long[] highestUpTo(LogReader log) {
    long[] highest = new long[log.files().size() + 1];
    log.events().forEach(event -> highest[(int) event.sequence()] = event.place());
    for (int i = 1; i < highest.length; i++) {
      highest[i] = Math.max(highest[i], highest[i - 1]);
    }
    return highest;
  }

  /** L1: what stands in the log of a transaction is all that was written in it. */
  private void requireWhole(LogReader log) {
    List<LogEvent> events = log.events();
    for (int at = 0; at < events.size(); ) {
      List<LogEvent> unit = LogModel.unitAt(events, at);
      at += unit.size();
      LogEvent first = unit.get(0);
      List<LogEvent> writes =
          unit.stream().filter(event -> event.kind() != RunKind.GUARD).toList();
      require(
          !first.isOfTransaction()
              || history.transactions(first.device()).stream()
                  .anyMatch(written -> isWhole(written, writes)),
          "L1",
          "file %d has a transaction at %s that nobody has written so"
              .formatted(first.sequence(), first.transaction()));
    }
  }

  private static boolean isWhole(List<Written> written, List<LogEvent> events) {
    return written.size() == events.size()
        && IntStream.range(0, events.size())
            .allMatch(i -> written.get(i).key().equals(events.get(i).key())
                && written.get(i).kind() == events.get(i).kind()
                && written.get(i).values().equals(events.get(i).values()));
  }

  private static HybridTime[] newestUpTo(LogReader log) {
    HybridTime[] newest = new HybridTime[log.files().size() + 1];
    java.util.Arrays.fill(newest, HybridTime.ZERO);
    log.events().forEach(event -> {
      int at = (int) event.sequence();
      newest[at] = HybridTime.max(newest[at], event.time());
    });
    for (int i = 1; i < newest.length; i++) {
      newest[i] = HybridTime.max(newest[i], newest[i - 1]);
    }
    return newest;
  }

  /** What was sent of a write may be less than what was written, where a later one replaced the rest before. */
  private static boolean isOf(Written written, LogEvent event) {
    boolean sameKind = written.kind() == event.kind()
        || (written.kind() == RunKind.PUT && event.kind() == RunKind.PATCH);
    boolean sameValues = event.kind() == RunKind.COUNT // says the sum
        || written.values().entrySet().containsAll(event.values().entrySet());
    return sameKind && written.seen() == event.seen() && sameValues;
  }

  /** L7: what a device wrote last of a cell is in the log. */
  private void requireEverythingArrived(LogReader log) {
    Map<History.Cell, Set<Value>> arrived = new HashMap<>();
    log.events().stream()
        .filter(event -> event.kind() != RunKind.DISMISS && event.kind() != RunKind.GUARD)
        .forEach(event -> event
            .values()
            .forEach((column, value) -> arrived
                .computeIfAbsent(
                    new History.Cell(event.device(), event.key(), column), any -> new HashSet<>())
                .add(value)));
    history
        .last()
        .forEach((cell, possible) -> require(
            arrived.getOrDefault(cell, Set.of()).stream().anyMatch(possible::contains),
            "L7",
            "a write of %s of %s has not arrived".formatted(cell.column(), cell.key())));
  }

  /** L1, L5: what is shown, and the inbox, are what the log makes of all events. */
  private void requireMerged(Device device, LogReader log) {
    LogModel model = new LogModel(rules.cutOffMillis());
    model.apply(log.events());
    SortedMap<String, RowModel> rows = model.rows();
    rows.forEach((key, row) -> requireShown(device.store(), key, row));
    long since =
        log.files().get(log.files().size() - 1).serverTimeMillis() - rules.reviewWindowMillis();
    SortedMap<String, Object> wanted = new TreeMap<>();
    rows.forEach((key, row) ->
        row.losers(since).forEach((name, lost) -> wanted.put(describe(key, name), lost)));
    SortedMap<String, Object> there = new TreeMap<>();
    device.store().inbox(MOST_LOST).stream()
        .filter(lost -> lost.table().equals(Writer.TABLE))
        .forEach(lost -> there.put(
            describe(lost.key(), new RowModel.Name(lost.column(), lost.device(), lost.time())),
            new RowModel.Lost(
                lost.reason(),
                lost.value(),
                lost.sinceMillis(),
                new HybridTime(lost.transaction()))));
    require(
        wanted.equals(there), "L5", "the inbox has %s and should have %s".formatted(there, wanted));
  }

  private static void requireShown(SpaceStore store, String key, RowModel row) {
    Optional<SortedMap<String, Value>> shown = store.get(Writer.TABLE, key).map(TreeMap::new);
    shown.ifPresent(values -> values.keySet().retainAll(Writer.COLUMNS));
    require(
        shown.equals(row.shown()),
        "L1",
        "%s is shown as %s and should be %s".formatted(key, shown, row.shown()));
    for (String column : Writer.COMPOUNDS.keySet()) {
      Set<Value> values = new HashSet<>(store.values(Writer.TABLE, key, column));
      require(
          values.equals(row.values(column)),
          "L1",
          "%s of %s has %s and should have %s".formatted(column, key, values, row.values(column)));
    }
  }

  /** No rule has anything to answer any more, and what it has not answered is not to be. */
  private void requireRulesKept(LogReader log) {
    for (Device device : devices) {
      require(
          !device.answersRules(RuleWriter.PATIENCE_MILLIS),
          "rules",
          device + " still has something to answer");
      List<RuleViolation> violations = device.store().violations(MOST_LOST);
      require(
          violations.equals(devices.get(0).store().violations(MOST_LOST)),
          "rules",
          device + " has other rows that break a rule");
      long lately = device.nowMillis() - rules.cutOffMillis();
      for (RuleViolation violation : violations) {
        HybridTime removal =
            log.removals().get(new RowName(violation.otherTable(), violation.otherKey()));
        require(
            !RuleWriter.isAnswered(violation) || removal.millis() < lately,
            "rules",
            "nobody has answered that " + violation);
      }
    }
  }

  private static String describe(String key, RowModel.Name name) {
    return key + "/" + name.column() + " of " + name.time() + " by " + name.device();
  }
}
