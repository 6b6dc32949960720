package dev.sealift.ops.simulate;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.RemoteFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.sync.Replica;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads all that the log says, from its sealed files. */
final class LogReader {
  private static final int MOST_BYTES = 64 << 20;

  private static final Set<String> TABLES =
      Set.of(Writer.TABLE, AppVersions.WIRE, LifetimeWriter.TABLE);

  private final List<KeptFile> files;
  private final Map<String, List<LogEvent>> events = new HashMap<>();
  private final Set<String> appended = new LinkedHashSet<>();
  private final Set<String> withoutOffset = new HashSet<>();
  private final long cutOffMillis;
  private boolean hasFeed;
  private OptionalLong lifetimeSince = OptionalLong.empty();
  private final Set<Long> expiring = new HashSet<>();
  private final Map<FileId, Long> sequences = new HashMap<>();
  private final Map<RowName, HybridTime> removals = new HashMap<>();

  /** @param replica opens the files */
  LogReader(List<KeptFile> log, Replica replica, SpaceRules rules) {
    files = log;
    cutOffMillis = rules.cutOffMillis();
    List<Places.File> opened = files.stream().map(file -> open(file, replica)).toList();
    files.forEach(file -> sequences.put(id(file), file.sequence()));
    Places places = new Places(rules, opened);
    opened.forEach(file ->
        file.runs().forEach(run -> run.rows().forEach(row -> read(file, places, run, row))));
  }

  /** What a device keeps of its log, which is all of it. */
  static List<KeptFile> kept(SpaceStore store) {
    List<KeptFile> files = new ArrayList<>();
    while (files.size() < store.position()) {
      List<KeptFile> next = store.files(files.size() + 1, 1_000, MOST_BYTES);
      if (next.isEmpty()) {
        throw new Fault("L7", "a device does not keep file " + (files.size() + 1) + " of its log");
      }
      files.addAll(next);
    }
    return files;
  }

  private static Places.File open(KeptFile file, Replica replica) {
    try {
      List<EventRun> runs = replica
          .events(file)
          .orElseThrow(() -> new Fault("L10", "nobody can read file " + file.sequence()));
      SignedHeader header = header(file);
      return new Places.File(file, header.id(), header.header(), runs);
    } catch (FormatException e) {
      throw new Fault("L10", "file " + file.sequence() + " has no header: " + e.getMessage());
    }
  }

  private static FileId id(KeptFile file) {
    try {
      return header(file).id();
    } catch (FormatException e) {
      throw new Fault("L10", "file " + file.sequence() + " has no header: " + e.getMessage());
    }
  }

  static SignedHeader header(KeptFile file) throws FormatException {
    return SignedHeader.parse(file.header().toByteArray());
  }

  private void read(Places.File file, Places places, EventRun run, RowEvent row) {
    SortedMap<String, Value> values = new TreeMap<>();
    for (int i = 0; i < run.columns().size(); i++) {
      values.put(run.columns().get(i), row.values().get(i));
    }
    if (run.kind() == RunKind.REMOVE) {
      removals.merge(new RowName(run.table(), row.key()), row.time(), HybridTime::max);
    }
    boolean late = row.time().millis() < file.kept().serverTimeMillis() - cutOffMillis;
    hasFeed |= !late && row.key().equals(FeedWriter.DECLARATION);
    if (!late && row.key().equals(LifetimeWriter.DECLARATION) && lifetimeSince.isEmpty()) {
      lifetimeSince = OptionalLong.of(file.kept().sequence());
    }
    if (file.header().expiresAtMillis() != RemoteFile.NEVER) {
      expiring.add(file.kept().sequence());
    }
    if (run.table().equals(FeedWriter.TABLE)) {
      (late || !hasFeed ? withoutOffset : appended).add(row.key());
    }
    if (TABLES.contains(run.table())) {
      events(run.table())
          .add(new LogEvent(
              file.kept().sequence(),
              file.kept().serverTimeMillis(),
              places.of(file, run, row),
              file.header().device(),
              run.seenSequence(),
              run.seenFiles(),
              chains(run, file, places),
              run.kind(),
              row.key(),
              row.time(),
              values,
              new HybridTime(run.transaction())));
    }
  }

  private static Map<DeviceId, Long> chains(EventRun run, Places.File by, Places places) {
    Map<DeviceId, Long> chains = new HashMap<>();
    for (DotRef dot : run.seenFiles()) {
      places
          .before(dot, by)
          .ifPresent(file -> chains.merge(dot.device(), file.kept().sequence(), Math::max));
    }
    return chains;
  }

  List<KeptFile> files() {
    return files;
  }

  /** The keys of the feed's entries, in the order in which they stand in the log first. */
  List<String> appended() {
    return List.copyOf(appended);
  }

  /** The keys of what came too late for the feed and is in the inbox, or before the feed was one. */
  Set<String> withoutOffset() {
    return withoutOffset;
  }

  /** The file that says how long errands count; empty when none does. */
  OptionalLong lifetimeSince() {
    return lifetimeSince;
  }

  /** Whether a file says when it expires. */
  boolean expires(long sequence) {
    return expiring.contains(sequence);
  }

  /** Where a file stands; empty when it does not. */
  Optional<Long> sequenceOf(FileId file) {
    return Optional.ofNullable(sequences.get(file));
  }

  /** When each row was removed last. */
  Map<RowName, HybridTime> removals() {
    return removals;
  }

  /** Of one of the tables that there is a model of, in the order of the log. */
  List<LogEvent> events(String table) {
    return events.computeIfAbsent(table, any -> new ArrayList<>());
  }
}
