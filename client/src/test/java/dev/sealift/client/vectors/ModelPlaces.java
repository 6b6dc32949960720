package dev.sealift.client.vectors;

import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.vectors.Json;
import java.util.ArrayList;
import java.util.List;

/** Bases and places of a log's files, by section 9; the store's are compared with them by what it merges. */
final class ModelPlaces {
  private final SpaceRules rules;
  private final List<LogFile> log;
  private final List<Json> shown = new ArrayList<>();

  ModelPlaces(SpaceRules rules, List<LogFile> log) {
    this.rules = rules;
    this.log = log;
    for (int at = 0; at < log.size(); at++) {
      shown.add(Json.object().u64("base", base(at)).u64("place", place(at)));
    }
  }

  List<Json> shown() {
    return shown;
  }

  /** The place in its author's chain, from 1. */
  long counter(int at) {
    DeviceId author = log.get(at).device();
    return log.subList(0, at + 1).stream()
        .filter(file -> file.device().equals(author))
        .count();
  }

  long base(int at) {
    if (!rules.isByArrival()) {
      return 0;
    }
    int before = before(at);
    long base = before < 0 ? 0 : known(before);
    for (long on : log.get(at).buildsOn()) {
      base = Math.max(base, known((int) on - 1));
    }
    return base;
  }

  /** As far as everybody can work it out. */
  private long known(int at) {
    return isLate(at) ? base(at) : log.get(at).serverTimeMillis();
  }

  long place(int at) {
    if (!rules.isByArrival()) {
      return 0;
    }
    if (!isLate(at)) {
      return log.get(at).serverTimeMillis();
    }
    long before = before(at) < 0 ? 0 : place(before(at));
    return Math.max(floor(at), Math.max(base(at), before));
  }

  /** That of an event of a file. */
  long place(int at, Event event) {
    if (!rules.isByArrival()) {
      return 0;
    }
    int first = 0;
    while (!reaches(log.get(first), log.get(at).device(), event.time())) {
      first++;
    }
    return first == at
        ? place(at)
        : Math.max(
            place(first),
            Math.max(serverTime((int) Math.min(event.seen(), at)), besideTheLog(event, at)));
  }

  private static boolean reaches(LogFile file, DeviceId device, HybridTime time) {
    return file.device().equals(device)
        && file.events().stream().anyMatch(event -> !time.isAfter(event.time()));
  }

  private boolean isLate(int at) {
    LogFile file = log.get(at);
    return file.serverTimeMillis() > newest(file).millis() + rules.lateAfterMillis();
  }

  static HybridTime newest(LogFile file) {
    return file.events().stream().map(Event::time).reduce(HybridTime.ZERO, HybridTime::max);
  }

  private long floor(int at) {
    List<Event> events = log.get(at).events();
    if (events.isEmpty()) {
      return 0;
    }
    long floor = serverTime((int) Math.min(events.get(events.size() - 1).seen(), at));
    for (Event event : events) {
      floor = Math.max(floor, besideTheLog(event, at));
    }
    return floor;
  }

  /** The highest place of what an author had seen without a receipt and stands before his file. */
  private long besideTheLog(Event event, int at) {
    return event.seenFiles().stream()
        .filter(seen -> seen <= at)
        .mapToLong(seen -> place((int) (long) seen - 1))
        .max()
        .orElse(0);
  }

  private long serverTime(int sequence) {
    return sequence == 0 ? 0 : log.get(sequence - 1).serverTimeMillis();
  }

  private int before(int at) {
    int before = at - 1;
    while (before >= 0 && !log.get(before).device().equals(log.get(at).device())) {
      before--;
    }
    return before;
  }
}
