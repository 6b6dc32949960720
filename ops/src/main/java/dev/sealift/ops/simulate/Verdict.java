package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.store.HistoryItem;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
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
  private final List<KeptFile> log;
  private final History history;
  private final Receipts receipts;
  private final FeedWriter feed;
  private final VersionWriter versions;
  private final GroupWriter groups;
  private final SpaceRules rules;
  private final boolean compacts;
  private final LifetimeWriter lifetimes;
  private final Optional<Long> lifetimeMillis;
  private long lost;

  /**
   * @param log as the mesh had it, before anything of it was reclaimed
   * @param script whether devices compact: who came in by a step cannot bring back what others made, so a restored log may go another way, and files be made again that had seen the one before
   */
  Verdict(
      List<Device> devices,
      List<KeptFile> log,
      History history,
      Receipts receipts,
      Writer writer,
      Script script) {
    this.log = log;
    this.compacts = script.compacting().isPresent();
    this.lifetimeMillis = script.lifetimeMillis();
    this.lifetimes = writer.lifetimes();
    this.feed = writer.feed();
    this.versions = writer.versions();
    this.groups = writer.groups();
    this.rules = script.rules();
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
    require(
        this.log.size() == first.store().position(), "L7", first + " does not hold the whole log");
    LogReader log = new LogReader(this.log, first.replica(), rules);
    requireFilesOnce(log.files());
    lost = receipts.requireKept(log.files(), author -> compacts || history.isForgetful(author));
    requireHonestAndCausal(log);
    requireWhole(log);
    requireEverythingArrived(log);
    requireFinal(log, first.store());
    requireMerged(first, log);
    requireRulesKept(log);
    devices.forEach(other -> requireSameHistory(first.store(), other, log));
    requireVersionsServed(log);
    devices.forEach(groups::judge);
    lifetimeMillis.ifPresent(millis ->
        devices.forEach(device -> lifetimes.judge(device, log, millis, rules.cutOffMillis())));
    devices.forEach(device -> feed.judge(device, log.appended(), log.withoutOffset()));
    return log.files().size();
  }

  /** How many files nobody holds any more, of those that the mesh had before it was restored. */
  long lost() {
    return lost;
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
    List<Loss> onlyOne = without(inbox(a), inbox(b));
    List<Loss> onlyOther = without(inbox(b), inbox(a));
    require(
        onlyOne.isEmpty() && onlyOther.isEmpty() && ordered(a).equals(ordered(b)),
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
    log.events(Writer.TABLE).stream()
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

  private static List<Loss> inbox(SpaceStore store) {
    return store.inbox(MOST_LOST).stream().map(Loss::of).toList();
  }

  /** Where the app has one version: the order goes by what tables and columns are called. */
  private static List<Loss> ordered(SpaceStore store) {
    return inbox(store).stream()
        .filter(lost -> !lost.table().equals(AppVersions.WIRE))
        .toList();
  }

  private static List<Loss> without(List<Loss> some, List<Loss> others) {
    Set<Loss> there = new HashSet<>(others);
    return some.stream().filter(lost -> !there.contains(lost)).toList();
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
    for (LogEvent event : log.events(Writer.TABLE)) {
      require(
          event.kind() == RunKind.GUARD
              || history.of(event.device(), event.key()).stream()
                  .anyMatch(written -> isOf(written, event))
              || isTakenBack(event),
          "L5",
          "no write was made as file %d has it: %s of %s, having seen %d"
              .formatted(event.sequence(), event.kind(), event.key(), event.seen()));
      int seen = (int) Math.min(event.seen(), event.sequence() - 1);
      require(
          isOfAnotherLog(event) || event.time().isAfter(newestUpTo[seen]),
          "L2",
          "an event of file %d is not later than what its author had seen"
              .formatted(event.sequence()));
      require(
          isOfAnotherLog(event) || event.place() >= highestUpTo[seen],
          "L2",
          "file %d stands below what its author had seen".formatted(event.sequence()));
      require(
          event.seenChains().values().stream()
              .allMatch(file -> event.time().isAfter(newestOf(log, file))),
          "L2",
          "an event of file %d is not later than what its author had directly"
              .formatted(event.sequence()));
    }
  }

  /** Whether what its author had seen may be of the log as it was before the mesh was restored, and what is there now is not. */
  private boolean isOfAnotherLog(LogEvent event) {
    return receipts.incarnations().stream()
        .anyMatch(incarnation -> incarnation.size() < event.seen()
            && event.time().millis() <= incarnation.serverTimeMillis() + rules.clockBoundMillis());
  }

  /** What waited when the mesh was restored has seen no more than what was common. */
  private boolean isSeen(long seen, LogEvent event) {
    return event.seen() == seen
        || event.seen() < seen
            && receipts.incarnations().stream()
                .anyMatch(incarnation -> incarnation.size() == event.seen());
  }

  /** Whether its author took something back then, by what somebody has written before. */
  private boolean isTakenBack(LogEvent event) {
    return history.tookBack(event.device()).stream().anyMatch(seen -> isSeen(seen, event))
        && (event.kind() == RunKind.COUNT
            || event.values().entrySet().stream()
                .allMatch(cell -> cell.getValue() == Value.NULL
                    || history.isWritten(event.key(), cell.getKey(), cell.getValue())));
  }

  private static HybridTime newestOf(LogReader log, long file) {
    return log.events(Writer.TABLE).stream()
        .filter(event -> event.sequence() == file)
        .map(LogEvent::time)
        .reduce(HybridTime.ZERO, HybridTime::max);
  }

  /** What somebody has got directly stands in the log as it is; but for what had seen another log than there is since the mesh was restored, and was made after that, by one who had not heard of it. */
  private void requireFinal(LogReader log, SpaceStore store) {
    Set<FileId> free = new HashSet<>();
    for (SignedHeader file : history.handedOver()) {
      FileHeader header = file.header();
      boolean onFree = header.previous().filter(free::contains).isPresent()
          || header.buildsOn().stream().map(FileDot::file).anyMatch(free::contains);
      if (onFree || isOfAnotherLog(header, store)) {
        free.add(file.id());
      }
      require(
          free.contains(file.id()) || log.sequenceOf(file.id()).isPresent(),
          "L6",
          "a file that was handed over is not in the log: " + file.id());
    }
  }

  private boolean isOfAnotherLog(FileHeader file, SpaceStore store) {
    SeenLog seen = file.seen();
    boolean held =
        seen.sequence() == 0 || store.rootAt(seen.sequence()).equals(Optional.of(seen.root()));
    return !held
        && receipts.incarnations().stream()
            .noneMatch(incarnation ->
                incarnation.excuses(seen, file.time().millis(), rules.clockBoundMillis()));
  }

  private static long[] highestUpTo(LogReader log) {
    long[] highest = new long[log.files().size() + 1];
    log.events(Writer.TABLE).forEach(event -> highest[(int) event.sequence()] = event.place());
    for (int i = 1; i < highest.length; i++) {
      highest[i] = Math.max(highest[i], highest[i - 1]);
    }
    return highest;
  }

  /** L1: what stands in the log of a transaction is all that was written in it. */
  private void requireWhole(LogReader log) {
    List<LogEvent> events = log.events(Writer.TABLE);
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
    log.events(Writer.TABLE).forEach(event -> {
      int at = (int) event.sequence();
      newest[at] = HybridTime.max(newest[at], event.time());
    });
    for (int i = 1; i < newest.length; i++) {
      newest[i] = HybridTime.max(newest[i], newest[i - 1]);
    }
    return newest;
  }

  /** What was sent of a write may be less than what was written, where a later one replaced the rest before. */
  private boolean isOf(Written written, LogEvent event) {
    boolean sameKind = written.kind() == event.kind()
        || (written.kind() == RunKind.PUT && event.kind() == RunKind.PATCH);
    boolean sameValues = event.kind() == RunKind.COUNT // says the sum
        || written.values().entrySet().containsAll(event.values().entrySet());
    return sameKind
        && isSeen(written.seen(), event)
        && written.seenFiles().equals(Set.copyOf(event.seenFiles()))
        && sameValues;
  }

  /** L7: what a device wrote last of a cell is in the log. */
  private void requireEverythingArrived(LogReader log) {
    Map<History.Cell, Set<Value>> arrived = new HashMap<>();
    log.events(Writer.TABLE).stream()
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
    LogModel model = new LogModel(rules.cutOffMillis(), Writer.COLUMNS);
    model.apply(log.events(Writer.TABLE));
    SortedMap<String, RowModel> rows = model.rows();
    rows.forEach((key, row) -> requireShown(device.store(), key, row));
    long last = log.files().get(log.files().size() - 1).serverTimeMillis();
    rows.forEach((key, row) -> requireRemoved(device.store(), key, row.isRemoved(last)));
    long since = last - rules.reviewWindowMillis();
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

  /** A row that was removed says so until its removal is dead. */
  private static void requireRemoved(SpaceStore store, String key, boolean removed) {
    boolean told = history(store, key).stream()
        .anyMatch(
            item -> item.kind() == RunKind.REMOVE && item.state() == HistoryItem.State.CURRENT);
    require(
        told == removed,
        "L1",
        key + (removed ? " was removed, and does not say so" : " says that it was removed"));
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

  /** What versions of the app have written is stored as the log makes it, and each reads it in its own way. */
  private void requireVersionsServed(LogReader log) {
    LogModel model = new LogModel(rules.cutOffMillis(), AppVersions.COLUMNS);
    model.apply(log.events(AppVersions.WIRE));
    model.rows().forEach((key, row) -> {
      Map<String, Value> wanted = new HashMap<>(row.shown().orElse(new TreeMap<>()));
      devices.forEach(device -> versions.judge(device, key, wanted));
    });
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
