package dev.sealift.ops.chaos.verdict;

import dev.sealift.ops.chaos.verdict.Evidence.Acknowledged;
import dev.sealift.ops.chaos.verdict.Evidence.Contended;
import dev.sealift.ops.chaos.verdict.Evidence.DeviceState;
import dev.sealift.ops.chaos.verdict.Evidence.LogFile;
import dev.sealift.ops.chaos.verdict.Evidence.Member;
import dev.sealift.ops.chaos.verdict.Evidence.Receipted;
import dev.sealift.ops.chaos.verdict.Evidence.SeenHead;
import dev.sealift.ops.chaos.verdict.Evidence.SpaceLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Judges the evidence of a run: a pure function of it. */
public final class Checker {
  private final Evidence evidence;
  private final List<String> findings = new ArrayList<>();
  private long lost;
  private long doubled;
  private boolean equal = true;

  private Checker(Evidence evidence) {
    this.evidence = evidence;
  }

  public static Verdict check(Evidence evidence) {
    Checker checker = new Checker(evidence);
    checker.checkRoster();
    checker.checkWrites();
    checker.checkContended();
    checker.checkDigests();
    checker.checkLogs();
    long acknowledged =
        checker.acknowledged().values().stream().mapToLong(Acknowledged::upTo).sum();
    return new Verdict(
        acknowledged, checker.lost, checker.doubled, checker.equal, checker.findings);
  }

  /** What a writer was told last, which covers what it was told before. */
  private Map<String, Acknowledged> acknowledged() {
    return evidence.writes().stream()
        .collect(Collectors.toMap(
            Acknowledged::device, write -> write, (a, b) -> a.upTo() >= b.upTo() ? a : b));
  }

  private List<DeviceState> devicesOf(String space) {
    return evidence.devices().stream()
        .filter(device -> device.space().equals(space))
        .toList();
  }

  /** Who says nothing is not one for whom all is well. */
  private void checkRoster() {
    Set<String> show =
        evidence.devices().stream().map(DeviceState::device).collect(Collectors.toSet());
    Set<String> spaces = evidence.logs().stream().map(SpaceLog::space).collect(Collectors.toSet());
    Set<String> unread = new TreeSet<>();
    for (Member member : evidence.roster()) {
      if (!show.contains(member.device())) {
        findings.add("%s did not say what it shows".formatted(member.device()));
      }
      if (member.writes() && !acknowledged().containsKey(member.device())) {
        findings.add("no write of %s was ever acknowledged".formatted(member.device()));
      }
      if (!spaces.contains(member.space())) {
        unread.add(member.space());
      }
    }
    unread.forEach(space -> findings.add("nobody read the log of " + space));
  }

  private void checkWrites() {
    for (Acknowledged write : acknowledged().values()) {
      List<DeviceState> devices = devicesOf(write.space());
      if (devices.isEmpty()) {
        lost += write.upTo();
        findings.add("no device shows space " + write.space());
      }
      for (DeviceState device : devices) {
        checkEntries(write, device);
        checkCounters(write, device);
      }
    }
  }

  private void checkEntries(Acknowledged write, DeviceState device) {
    Ranges there = device.entries().getOrDefault(write.device(), Ranges.NONE);
    long missing = there.missingUpTo(write.upTo());
    if (missing > 0) {
      lost += missing;
      findings.add("%s lacks %d of the %d acknowledged writes of %s"
          .formatted(device.device(), missing, write.upTo(), write.device()));
    }
  }

  private void checkCounters(Acknowledged write, DeviceState device) {
    for (int slot = 0; slot < Values.SLOTS; slot++) {
      long least = Values.lastInSlot(write.upTo(), slot);
      long shown = device.counters().getOrDefault(Values.counterKey(write.device(), slot), 0L);
      if (shown < least) {
        lost++;
        findings.add("%s shows write %d of %s where write %d was acknowledged"
            .formatted(device.device(), shown, write.device(), least));
      }
    }
  }

  /**
   * Any writer may win a key that all write to, but only with its own last write there: a later one of the same writer outranks an earlier one,
   * so an earlier one that shows means that the later is lost, on all devices alike.
   */
  private void checkContended() {
    Map<String, Acknowledged> acknowledged = acknowledged();
    for (DeviceState device : evidence.devices()) {
      for (int slot = 0; slot < Values.SLOTS; slot++) {
        checkContended(device, slot, acknowledged);
      }
    }
  }

  private void checkContended(
      DeviceState device, int slot, Map<String, Acknowledged> acknowledged) {
    String key = Values.contendedKey(slot);
    Contended winner = device.contended().get(key);
    if (winner == null) {
      if (isWrittenTo(slot, device.space(), acknowledged.values())) {
        lost++;
        findings.add("%s shows nothing in %s".formatted(device.device(), key));
      }
      return;
    }
    long last = Values.lastInSlot(lastWrite(winner.writer(), device, acknowledged), slot);
    boolean wasWritten = Values.slot(winner.number()) == slot && winner.number() <= last;
    if (!wasWritten) {
      findings.add("%s shows a value that nobody wrote to %s".formatted(device.device(), key));
    } else if (winner.number() < last) {
      lost++;
      findings.add("%s shows write %d of %s in %s, and %s wrote %d after it"
          .formatted(
              device.device(), winner.number(), winner.writer(), key, winner.writer(), last));
    }
  }

  private static boolean isWrittenTo(
      int slot, String space, Collection<Acknowledged> acknowledged) {
    return acknowledged.stream()
        .filter(write -> write.space().equals(space))
        .anyMatch(write -> Values.lastInSlot(write.upTo(), slot) > 0);
  }

  /**
   * Of a writer, as far as this device can know: everything is acknowledged at the end of a run that went well; where it is not, what was
   * written beyond that shows by its entry, which is written together with the rest.
   */
  private static long lastWrite(
      String writer, DeviceState device, Map<String, Acknowledged> acknowledged) {
    Acknowledged told = acknowledged.get(writer);
    long upTo = told == null || !told.space().equals(device.space()) ? 0 : told.upTo();
    return Math.max(upTo, device.entries().getOrDefault(writer, Ranges.NONE).last());
  }

  private void checkDigests() {
    Map<String, List<DeviceState>> bySpace =
        evidence.devices().stream().collect(Collectors.groupingBy(DeviceState::space));
    bySpace.forEach((space, devices) -> {
      checkOneDigest(space, "show", devices.stream().map(DeviceState::digest).toList());
      checkOneDigest(
          space, "know", devices.stream().map(DeviceState::mergeDigest).toList());
    });
  }

  private void checkOneDigest(String space, String what, List<String> digests) {
    long different = digests.stream().distinct().count();
    if (different != 1) {
      equal = false;
      findings.add("the %d devices of %s %s %d different things"
          .formatted(digests.size(), space, what, different));
    }
  }

  private void checkLogs() {
    Map<String, SpaceLog> logs = new HashMap<>();
    for (SpaceLog log : evidence.logs()) {
      logs.put(log.space(), log);
      checkLog(log);
    }
    evidence.receipts().stream()
        .collect(Collectors.groupingBy(Receipted::space))
        .forEach((space, receipts) -> checkReceipts(space, receipts, logs));
    evidence.heads().stream()
        .collect(Collectors.groupingBy(SeenHead::space))
        .forEach((space, heads) -> checkHeads(space, heads, logs));
  }

  private void checkLog(SpaceLog log) {
    Set<String> files = new HashSet<>();
    Set<String> dots = new HashSet<>();
    long expected = 1;
    long lastTime = 0;
    for (LogFile file : log.files()) {
      if (file.sequence() != expected) {
        findings.add("the log of %s has place %d where place %d is due"
            .formatted(log.space(), file.sequence(), expected));
        doubled += file.sequence() < expected ? 1 : 0;
        lost += Math.max(0, file.sequence() - expected);
      }
      expected = file.sequence() + 1;
      boolean newFile = files.add(file.file());
      boolean newDot = dots.add(file.author() + ":" + file.counter());
      if (!newFile || !newDot) {
        doubled++;
        findings.add(
            "the file at %d of %s stands in the log twice".formatted(file.sequence(), log.space()));
      }
      if (file.serverTimeMillis() <= lastTime) {
        findings.add("the server time of place %d of %s does not rise"
            .formatted(file.sequence(), log.space()));
      }
      lastTime = file.serverTimeMillis();
    }
  }

  private void checkReceipts(String space, List<Receipted> receipts, Map<String, SpaceLog> logs) {
    Map<String, LogFile> byId = new HashMap<>();
    if (logs.containsKey(space)) {
      logs.get(space).files().forEach(file -> byId.putIfAbsent(file.file(), file));
    }
    Set<String> absent = new HashSet<>();
    Set<String> elsewhere = new HashSet<>();
    for (Receipted receipt : receipts) {
      LogFile file = byId.get(receipt.file());
      if (file == null) {
        absent.add(receipt.file());
      } else if (file.sequence() != receipt.sequence()
          || file.serverTimeMillis() != receipt.serverTimeMillis()) {
        elsewhere.add(receipt.file());
      }
    }
    lost += absent.size();
    doubled += elsewhere.size();
    if (!absent.isEmpty()) {
      findings.add(
          "%d files of %s have a receipt and no place in the log".formatted(absent.size(), space));
    }
    if (!elsewhere.isEmpty()) {
      findings.add("%d files of %s stand elsewhere, or at another time, than their receipts say"
          .formatted(elsewhere.size(), space));
    }
  }

  private void checkHeads(String space, List<SeenHead> heads, Map<String, SpaceLog> logs) {
    Map<Long, String> roots = new HashMap<>();
    if (logs.containsKey(space)) {
      logs.get(space).files().forEach(file -> roots.putIfAbsent(file.sequence(), file.root()));
    }
    long wrong = heads.stream()
        .filter(head -> head.size() > 0)
        .filter(head -> !Objects.equals(roots.get(head.size()), head.root()))
        .count();
    if (wrong > 0) {
      findings.add("%d signed heads of %s are of another log than the one that is there"
          .formatted(wrong, space));
    }
  }
}
