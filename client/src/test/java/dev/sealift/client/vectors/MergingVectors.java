package dev.sealift.client.vectors;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.List;

final class MergingVectors extends VectorFile {
  private static final long RULES_CUT_OFF = Story.RULES.cutOffMillis();

  MergingVectors() {
    super("merging", "Section 9: the files of a log, and the state that they end in.");
  }

  @Override
  protected void cases(Cases to) {
    add(to, "one put", new Story().put(1, 1, "cities", "ulm", "name", "Ulm", "people", 126_000));
    add(
        to,
        "the later put wins, cell by cell",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "country", "DE")
            .put(2, 2, "cities", "ulm", "name", "Neu-Ulm", "people", 60_000));
    add(
        to,
        "of one time, the higher device wins",
        new Story()
            .put(0x7f, 5, "cities", "ulm", "name", "by 7f")
            .put(0x80, 5, "cities", "ulm", "name", "by 80"));
    add(
        to,
        "of one time and device, the higher hash wins",
        new Story()
            .patch(1, 5, "cities", "ulm", "name", "one", "people", 1)
            .patch(1, 5, "cities", "ulm", "name", "other", "people", 2));
    add(
        to,
        "null is a value: it wins and loses like any",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "country", null)
            .patch(2, 2, "cities", "ulm", "name", null)
            .patch(3, 1, "cities", "ulm", "country", "DE"));
    add(
        to,
        "an int and a real of one number are two values",
        new Story()
            .patch(1, 5, "cities", "ulm", "people", 1)
            .patch(1, 5, "cities", "ulm", "people", 1.0));
    add(
        to,
        "a patch alone makes a row visible, without a marker",
        new Story().patch(1, 1, "cities", "ulm", "name", "Ulm"));
    add(to, "a put without columns shows an empty row", new Story().put(1, 1, "cities", "ulm"));
    removals(to);
    mixed(to);
    losers(to);
    lostRows(to);
    cutOff(to);
    new DeadRemovals(to).add();
    new OverEvents(to).add();
    groups(to);
    counters(to);
    sets(to);
    refused(to);
    multiValues(to);
    updates(to);
    partsOfRemovedRows(to);
    transactions(to);
    transactionsAgain(to);
    arrival(to);
    handedOver(to);
  }

  private static void handedOver(Cases to) {
    add(
        to,
        "who held a file without a receipt goes on from it",
        new Story()
            .patch(1, 1, "t", "k", "c", "first")
            .seenFiles(1L)
            .patch(2, 2, "t", "k", "c", "on it"));
    add(
        to,
        "without saying so nobody has",
        new Story().patch(1, 1, "t", "k", "c", "first").patch(2, 2, "t", "k", "c", "beside it"));
    add(
        to,
        "a file that was held stands for its chain up to there, and for nothing of others",
        new Story()
            .patch(1, 1, "t", "k", "c", "first")
            .patch(3, 2, "t", "k", "d", "of another")
            .patch(1, 3, "t", "k", "e", "second")
            .patch(1, 4, "t", "k", "f", "third, not held")
            .seenFiles(3L)
            .patch(2, 5, "t", "k", "c", 1, "d", 2, "e", 3, "f", 4));
    add(
        to,
        "of two files of one chain the newer one counts, in whatever order they stand",
        new Story()
            .patch(1, 1, "t", "k", "c", "first")
            .patch(1, 2, "t", "k", "c", "second")
            .seenFiles(2L, 1L)
            .patch(2, 3, "t", "k", "c", "on both"));
    add(
        to,
        "several chains",
        new Story()
            .patch(1, 1, "t", "k", "c", "by 1")
            .patch(3, 2, "t", "k", "d", "by 3")
            .seenFiles(1L, 2L)
            .patch(2, 5, "t", "k", "c", 1, "d", 2));
    add(
        to,
        "what stands behind a file was not held by its author, whatever he says",
        new Story()
            .seenFiles(2L)
            .patch(2, 5, "t", "k", "c", "says so")
            .patch(1, 1, "t", "k", "c", "behind")
            .seenFiles(4L)
            .remove(2, 6, "t", "k")
            .patch(1, 7, "t", "k", "c", "and back"));
    add(
        to,
        "a removal, and what undoes it",
        new Story()
            .put(1, 1, "t", "k", "c", "there")
            .seenFiles(1L)
            .remove(2, 2, "t", "k")
            .seenFiles(2L)
            .patch(3, 3, "t", "k", "c", "back, who had seen that it was gone"));
    add(
        to,
        "parts that were held can be taken away",
        new Story()
            .part(RunKind.ADD, 1, 1, "t", "k", "tags", "red")
            .part(RunKind.ADD, 1, 2, "t", "k", "tags", "blue")
            .seenFiles(1L)
            .part(RunKind.DISCARD, 2, 3, "t", "k", "tags", "red")
            .seenFiles(1L)
            .part(RunKind.DISCARD, 2, 4, "t", "k", "tags", "blue"));
  }

  private static final int REGISTER = 0;
  private static final int THERE = 1;
  private static final int NOT_THERE = 2;
  private static final int PART = 3;

  private static void transactions(Cases to) {
    add(
        to,
        "a transaction that has read what the log has is merged",
        ulm()
            .begin()
            .guard(2, 2, "cities", "ulm", THERE, "", 0, 0)
            .guard(2, 2, "cities", "ulm", REGISTER, "name", 1, 1)
            .guard(2, 2, "cities", "ulm", REGISTER, "people", 0, 0)
            .guard(2, 2, "cities", "bonn", NOT_THERE, "", 0, 0)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .put(2, 3, "cities", "bonn", "name", "Bonn"));
    add(
        to,
        "of two that have read the same the second one loses whole, whatever its times",
        ulm()
            .begin()
            .guard(2, 2, "cities", "ulm", REGISTER, "name", 1, 1)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .end()
            .begin()
            .guard(3, 9, "cities", "ulm", REGISTER, "name", 1, 1)
            .patch(3, 9, "cities", "ulm", "name", "Alt-Ulm")
            .put(3, 10, "cities", "bonn")
            .remove(3, 11, "cities", "ulm")
            .part(RunKind.DISCARD, 3, 12, "cities", "ulm", "tags", "x")
            .part(RunKind.ADD, 3, 13, "cities", "ulm", "tags", "y"));
    add(
        to,
        "a row that somebody has made, or removed, is a conflict",
        ulm()
            .remove(2, 2, "cities", "ulm")
            .begin()
            .guard(3, 3, "cities", "ulm", THERE, "", 0, 0)
            .put(3, 3, "cities", "bonn", "name", "Bonn")
            .end()
            .put(1, 4, "cities", "kiel", "name", "Kiel")
            .begin()
            .guard(2, 5, "cities", "kiel", NOT_THERE, "", 0, 0)
            .put(2, 5, "cities", "kiel", "name", "other"));
    add(
        to,
        "all parts of a cell are guarded, also against those of a clock that is behind",
        ulm()
            .part(RunKind.ADD, 1, 5, "cities", "ulm", "tags", "x")
            .begin()
            .guard(2, 6, "cities", "ulm", PART, "tags", 1, 5)
            .guard(2, 6, "cities", "ulm", PART, "mood", 0, 0)
            .put(2, 6, "cities", "bonn", "name", "Bonn")
            .end()
            .part(RunKind.ADD, 3, 4, "cities", "ulm", "tags", "y")
            .begin()
            .guard(2, 7, "cities", "ulm", PART, "tags", 1, 5)
            .put(2, 7, "cities", "kiel", "name", "Kiel")
            .end()
            .begin()
            .guard(2, 8, "cities", "ulm", PART, "tags", 0, 0)
            .put(2, 8, "cities", "mainz", "name", "Mainz"));
    add(
        to,
        "a transaction sees what its own file says before it, and not what it writes itself",
        ulm()
            .patch(2, 2, "cities", "ulm", "people", 1)
            .begin()
            .together()
            .guard(2, 3, "cities", "ulm", REGISTER, "people", 2, 2)
            .patch(2, 3, "cities", "ulm", "people", 2)
            .end()
            .begin()
            .together()
            .guard(2, 4, "cities", "ulm", REGISTER, "people", 2, 2)
            .patch(2, 4, "cities", "ulm", "people", 3));
  }

  private static void transactionsAgain(Cases to) {
    add(
        to,
        "a transaction is judged once: where it comes again, nothing becomes of it",
        ulm()
            .begin()
            .guard(2, 2, "cities", "ulm", REGISTER, "name", 1, 1)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .end()
            .begin()
            .guard(2, 2, "cities", "ulm", REGISTER, "name", 1, 1)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .end()
            .begin()
            .guard(3, 3, "cities", "ulm", NOT_THERE, "", 0, 0)
            .patch(3, 3, "cities", "ulm", "name", "Alt-Ulm")
            .end()
            .seen(4)
            .dismiss(1, 5, "cities", "ulm", "name", 3, 3)
            .begin()
            .guard(3, 3, "cities", "ulm", NOT_THERE, "", 0, 0)
            .patch(3, 3, "cities", "ulm", "name", "Alt-Ulm"));
    add(
        to,
        "another transaction of one author and time is judged by itself",
        ulm()
            .begin()
            .guard(2, 2, "cities", "ulm", REGISTER, "name", 1, 1)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .end()
            .begin()
            .guard(2, 2, "cities", "ulm", REGISTER, "name", 1, 1)
            .patch(2, 2, "cities", "ulm", "name", "Alt-Ulm"));
    add(
        to,
        "what lost with its transaction stays when its author goes on",
        ulm()
            .begin()
            .guard(3, 3, "cities", "ulm", NOT_THERE, "", 0, 0)
            .patch(3, 3, "cities", "ulm", "name", "one", "people", 1)
            .end()
            .patch(3, 5, "cities", "ulm", "name", "other")
            .patch(2, 4, "cities", "ulm", "name", "third"));
    add(
        to,
        "a dismissal in a transaction in conflict does nothing",
        ulm()
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .begin()
            .guard(3, 3, "cities", "ulm", NOT_THERE, "", 0, 0)
            .dismiss(3, 3, "cities", "ulm", "name", 1, 1));
    add(
        to,
        "a transaction is late as a whole, and then not judged",
        ulm()
            .serverTime(RULES_CUT_OFF + 10)
            .begin()
            .guard(3, 9, "cities", "ulm", NOT_THERE, "", 0, 0)
            .patch(3, 9, "cities", "ulm", "name", "one")
            .remove(3, 500, "cities", "ulm"));
  }

  private static void arrival(Cases to) {
    add(
        to,
        "by arrival, the file that came later wins, whoever's clock runs ahead",
        new Story()
            .byArrival(1_000)
            .ahead()
            .put(1, 900, "cities", "ulm", "name", "by a clock that is ahead", "people", 1)
            .patch(2, 3, "cities", "ulm", "name", "later"));
    add(
        to,
        "by arrival, what is late stands behind what its author had seen",
        new Story()
            .byArrival(1_000)
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .put(1, 2, "cities", "ulm", "name", "seen")
            .patch(2, 3, "cities", "ulm", "people", 3)
            .serverTime(2_000)
            .seen(2)
            .patch(3, 4, "cities", "ulm", "name", "late, and above what it saw", "people", 4));
    add(
        to,
        "a file is in time up to the very millisecond",
        new Story()
            .byArrival(1_000)
            .serverTime(500)
            .patch(1, 500, "cities", "ulm", "name", "first")
            .serverTime(1_100)
            .patch(2, 102, "cities", "ulm", "name", "in time")
            .patch(3, 101, "cities", "ulm", "name", "late"));
    add(
        to,
        "a late file stands at its base, if that is higher than what it saw",
        new Story()
            .byArrival(1_000)
            .patch(1, 1, "cities", "ulm", "name", "one")
            .patch(2, 5, "cities", "ulm", "name", "other")
            .serverTime(1_200)
            .patch(1, 1_200, "cities", "ulm", "people", 1)
            .serverTime(4_000)
            .patch(1, 6, "cities", "ulm", "name", "late, on a file in time")
            .patch(1, 7, "cities", "ulm", "name", "later in the same chain"));
    add(
        to,
        "what a home that was put back sends once more stands where it stood, and below what replaced it there",
        new Story()
            .byArrival(1_000)
            .put(1, 1, "cities", "ulm", "name", "before the backup", "people", 1)
            .serverTime(100)
            .patch(1, 2, "cities", "ulm", "name", "after it")
            .serverTime(200)
            .seen(1)
            .patch(2, 150, "cities", "ulm", "people", 2)
            .serverTime(300)
            .seen(0)
            .put(1, 1, "cities", "ulm", "name", "before the backup", "people", 1)
            .together()
            .patch(1, 250, "cities", "ulm", "mood", "new"));
    add(
        to,
        "what another copy of a home wrote at the same time stands behind what it had seen",
        new Story()
            .byArrival(1_000)
            .put(1, 10, "cities", "ulm", "name", "by one copy")
            .serverTime(100)
            .put(2, 5, "cities", "ulm", "name", "by another device")
            .seen(2)
            .serverTime(200)
            .patch(1, 9, "cities", "ulm", "name", "by the other copy, who saw both"));
    add(
        to,
        "bases go on through late files, and places through what later files had not seen",
        new Story()
            .byArrival(1_000)
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .put(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .serverTime(3_000)
            .seen(2)
            .patch(1, 3, "cities", "ulm", "name", "late")
            .seen(0)
            .patch(1, 4, "cities", "ulm", "name", "late too, and had seen less")
            .serverTime(4_000)
            .patch(1, 4_000, "cities", "ulm", "people", 1));
    add(
        to,
        "nobody has seen what stands behind his file, and a floor is of the last event",
        new Story()
            .byArrival(1_000)
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .serverTime(2_000)
            .patch(2, 2, "cities", "ulm", "people", 2)
            .seen(1)
            .together()
            .patch(2, 3, "cities", "ulm", "country", "DE")
            .seen(900)
            .patch(3, 4, "cities", "ulm", "name", "says that it saw what is not there"));
    add(
        to,
        "who had seen a file without a receipt stands above it, however late his comes",
        new Story()
            .byArrival(1_000)
            .put(1, 1, "cities", "ulm", "name", "handed over", "people", 1)
            .serverTime(2_000)
            .seenFiles(1L)
            .buildsOn(1L)
            .patch(2, 2, "cities", "ulm", "name", "late, by one who saw it")
            .seenFiles(1L)
            .together()
            .patch(2, 3, "cities", "ulm", "people", 2)
            .buildsOn(2L)
            .patch(3, 4, "cities", "ulm", "country", "says in its header alone what it builds on"));
    add(
        to,
        "what was seen without a receipt is a floor also where the header does not name it any more, and not where the log does not have it before",
        new Story()
            .byArrival(1_000)
            .put(1, 1, "cities", "ulm", "name", "handed over")
            .serverTime(3_000)
            .seenFiles(1L)
            .patch(2, 2, "cities", "ulm", "name", "late")
            .seen(1)
            .together()
            .patch(2, 3, "cities", "ulm", "people", 2)
            .serverTime(5_000)
            .seenFiles(4L)
            .patch(3, 4, "cities", "ulm", "name", "saw what came after all")
            .put(4, 5, "cities", "ulm", "name", "came after all"));
    add(
        to,
        "what is late stands above what it had seen without a receipt and is late too",
        new Story()
            .byArrival(1_000)
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .put(2, 100, "cities", "ulm", "name", "Neu-Ulm")
            .serverTime(5_000)
            .seen(2)
            .patch(3, 200, "cities", "ulm", "name", "late, and had seen both")
            .seen(0)
            .seenFiles(3L)
            .buildsOn(3L)
            .patch(4, 201, "cities", "ulm", "name", "late, and had seen that alone")
            .seenFiles(3L)
            .put(1, 1, "cities", "ulm", "name", "Ulm"));
    add(
        to,
        "removals, touches and parts rank by place too",
        new Story()
            .byArrival(1_000)
            .ahead()
            .put(1, 800, "cities", "ulm", "name", "ahead")
            .part(RunKind.ADD, 2, 2, "cities", "ulm", "tags", "a")
            .remove(3, 3, "cities", "ulm")
            .part(RunKind.ASSIGN, 2, 4, "cities", "bonn", "mood", "early")
            .ahead()
            .part(RunKind.ASSIGN, 1, 700, "cities", "bonn", "mood", "ahead")
            .part(RunKind.ASSIGN, 3, 5, "cities", "bonn", "mood", "last")
            .part(RunKind.COUNT, 1, 6, "cities", "bonn", "visits", 5)
            .part(RunKind.COUNT, 2, 7, "cities", "bonn", "visits", 2)
            .seen(6)
            .part(RunKind.ASSIGN, 2, 8, "cities", "bonn", "mood", "went on"));
    add(
        to,
        "an event that comes twice stands where it stood first",
        new Story()
            .byArrival(1_000)
            .put(1, 5, "cities", "ulm", "name", "twice")
            .put(2, 6, "cities", "ulm", "name", "between")
            .put(1, 5, "cities", "ulm", "name", "twice"));
    add(
        to,
        "by arrival, a transaction stands at the place of its file, and guards name no places",
        new Story()
            .byArrival(1_000)
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .begin()
            .guard(2, 3, "cities", "ulm", REGISTER, "name", 1, 1)
            .patch(2, 3, "cities", "ulm", "name", "Neu-Ulm")
            .put(2, 4, "cities", "bonn", "name", "Bonn")
            .end()
            .ahead()
            .begin()
            .guard(3, 900, "cities", "ulm", REGISTER, "name", 1, 1)
            .patch(3, 900, "cities", "ulm", "name", "second, and ahead")
            .end()
            .patch(1, 2, "cities", "bonn", "name", "later, of an older time"));
  }

  private static Story ulm() {
    return new Story().put(1, 1, "cities", "ulm", "name", "Ulm").seen(1);
  }

  private static void groups(Cases to) {
    add(
        to,
        "a group loses as one, with its equal values too",
        new Story()
            .group("lat", "lon")
            .put(1, 1, "cities", "ulm", "name", "Ulm", "lat", 48, "lon", 9)
            .seen(1)
            .group("lat", "lon")
            .patch(2, 2, "cities", "ulm", "lat", 48, "lon", 10)
            .group("lat", "lon")
            .patch(3, 3, "cities", "ulm", "lat", 48, "lon", 11));
    add(
        to,
        "equal groups do not lose to each other, and one has less than another of more columns",
        new Story()
            .group("lat", "lon")
            .patch(1, 1, "cities", "ulm", "lat", 48, "lon", 10)
            .group("lat", "lon")
            .patch(2, 2, "cities", "ulm", "lat", 48, "lon", 10)
            .group("lat", "lon", "height")
            .patch(3, 3, "cities", "ulm", "lat", 48, "lon", 10, "height", 478));
    add(
        to,
        "a null that a column never had is no other value of the group",
        new Story()
            .patch(1, 1, "cities", "ulm", "lat", 48)
            .group("lat", "lon")
            .patch(2, 2, "cities", "ulm", "lat", 48, "lon", null));
  }

  private static void counters(Cases to) {
    add(
        to,
        "a sum that 64 bits do not hold is the most that they do",
        ulm()
            .part(RunKind.COUNT, 1, 2, "cities", "ulm", "visits", Value.of(Long.MAX_VALUE))
            .part(RunKind.COUNT, 2, 3, "cities", "ulm", "visits", Value.of(Long.MAX_VALUE))
            .part(RunKind.COUNT, 2, 3, "cities", "bonn", "visits", Value.of(Long.MIN_VALUE))
            .part(RunKind.COUNT, 1, 3, "cities", "bonn", "visits", -1));
    add(
        to,
        "what devices add to a counter is all counted",
        ulm()
            .part(RunKind.COUNT, 1, 2, "cities", "ulm", "visits", 3)
            .part(RunKind.COUNT, 2, 3, "cities", "ulm", "visits", 4)
            .part(RunKind.COUNT, 1, 4, "cities", "ulm", "visits", 5));
    add(
        to,
        "a count that comes twice counts once, and an older one is refused",
        ulm()
            .part(RunKind.COUNT, 1, 4, "cities", "ulm", "visits", 5)
            .part(RunKind.COUNT, 1, 4, "cities", "ulm", "visits", 5)
            .part(RunKind.COUNT, 1, 2, "cities", "ulm", "visits", 3));
    add(
        to,
        "of two counts of one time and device the higher hash is the part",
        ulm()
            .part(RunKind.COUNT, 1, 2, "cities", "ulm", "visits", 1)
            .part(RunKind.COUNT, 1, 2, "cities", "ulm", "visits", 2)
            .part(RunKind.COUNT, 2, 2, "cities", "ulm", "visits", 2)
            .part(RunKind.COUNT, 2, 2, "cities", "ulm", "visits", 1));
    add(
        to,
        "a counter that comes to nothing does not show",
        ulm()
            .part(RunKind.COUNT, 1, 2, "cities", "ulm", "visits", 3)
            .part(RunKind.COUNT, 2, 3, "cities", "ulm", "visits", -3));
    long late = RULES_CUT_OFF + 10;
    add(
        to,
        "what came too late is in the next count of its device",
        ulm()
            .serverTime(late)
            .part(RunKind.COUNT, 1, 2, "cities", "ulm", "visits", 3)
            .part(RunKind.DISCARD, 1, 3, "cities", "ulm", "tags", "x")
            .part(RunKind.COUNT, 1, late, "cities", "ulm", "visits", 4));
  }

  private static void sets(Cases to) {
    add(
        to,
        "an addition takes the place of those of its value that it had seen",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "x")
            .part(RunKind.ADD, 2, 3, "cities", "ulm", "tags", "x")
            .seen(2)
            .part(RunKind.ADD, 3, 4, "cities", "ulm", "tags", "x"));
    add(
        to,
        "adding wins over a removal that had not seen it",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "port")
            .part(RunKind.ADD, 2, 3, "cities", "ulm", "tags", "port")
            .part(RunKind.ADD, 2, 3, "cities", "ulm", "tags", 7)
            .seen(2)
            .part(RunKind.DISCARD, 3, 4, "cities", "ulm", "tags", "port"));
    add(
        to,
        "what was taken out does not come back when it comes twice",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "port")
            .seen(2)
            .part(RunKind.DISCARD, 2, 3, "cities", "ulm", "tags", "port")
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "port"));
    add(
        to,
        "a set that is empty again, and a value that it never had",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", 1)
            .part(RunKind.DISCARD, 1, 3, "cities", "ulm", "tags", 1)
            .part(RunKind.DISCARD, 1, 4, "cities", "ulm", "tags", 1.0));
    add(
        to,
        "an operation says no more than its time: it takes away nothing that outranks it",
        ulm()
            .part(RunKind.ADD, 1, 9, "cities", "ulm", "tags", "port")
            .part(RunKind.DISCARD, 1, 3, "cities", "ulm", "tags", "port"));
  }

  private static void refused(Cases to) {
    add(
        to,
        "what comes again after it was taken away is refused, and goes on",
        ulm()
            .part(RunKind.APPEND, 1, 2, "cities", "ulm", "text", new byte[] {1})
            .part(RunKind.APPEND, 1, 3, "cities", "ulm", "text", new byte[] {2})
            .part(RunKind.COLLAPSE, 1, 4, "cities", "ulm", "text", new byte[] {3})
            .part(RunKind.APPEND, 1, 2, "cities", "ulm", "text", new byte[] {1})
            .part(RunKind.APPEND, 1, 3, "cities", "ulm", "text", new byte[] {2})
            .part(RunKind.ASSIGN, 1, 5, "cities", "ulm", "mood", "calm")
            .part(RunKind.ASSIGN, 1, 6, "cities", "ulm", "mood", "glad")
            .part(RunKind.ASSIGN, 1, 5, "cities", "ulm", "mood", "calm"));
    add(
        to,
        "a part that is there already takes nothing away any more",
        ulm()
            .part(RunKind.ASSIGN, 1, 9, "cities", "ulm", "mood", "calm")
            .part(RunKind.ASSIGN, 2, 5, "cities", "ulm", "mood", "glad")
            .seen(3)
            .part(RunKind.ASSIGN, 1, 9, "cities", "ulm", "mood", "calm"));
    add(
        to,
        "a good operation leaves a loser of its device",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "x")
            .part(RunKind.DISCARD, 1, 3, "cities", "ulm", "tags", "x")
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "x")
            .part(RunKind.ADD, 1, 4, "cities", "ulm", "tags", "y"));
  }

  private static void multiValues(Cases to) {
    add(
        to,
        "of one device and time both values stay, and the higher hash shows",
        ulm()
            .part(RunKind.ASSIGN, 1, 2, "cities", "ulm", "mood", "one")
            .part(RunKind.ASSIGN, 1, 2, "cities", "ulm", "mood", "other")
            .part(RunKind.ASSIGN, 1, 2, "cities", "ulm", "mood", "third")
            .remove(2, 3, "cities", "ulm"));

    add(
        to,
        "what was written concurrently is kept, until somebody who saw it writes",
        ulm()
            .part(RunKind.ASSIGN, 1, 2, "cities", "ulm", "mood", "calm")
            .part(RunKind.ASSIGN, 2, 3, "cities", "ulm", "mood", "glad")
            .part(RunKind.ASSIGN, 3, 4, "cities", "ulm", "mood", null)
            .seen(3)
            .part(RunKind.ASSIGN, 1, 5, "cities", "ulm", "mood", "both"));
    add(
        to,
        "one value that two devices wrote shows once",
        ulm()
            .part(RunKind.ASSIGN, 1, 2, "cities", "ulm", "mood", "calm")
            .part(RunKind.ASSIGN, 2, 3, "cities", "ulm", "mood", "calm"));
    add(
        to,
        "a register and compound cells of one name are different cells",
        ulm()
            .part(RunKind.COUNT, 1, 2, "cities", "ulm", "name", 3)
            .part(RunKind.ADD, 1, 3, "cities", "ulm", "name", "x")
            .part(RunKind.ASSIGN, 1, 4, "cities", "ulm", "name", "y")
            .part(RunKind.APPEND, 1, 5, "cities", "ulm", "name", new byte[] {1}));
  }

  private static void updates(Cases to) {
    add(
        to,
        "a collapse takes the place of what it had seen, an append of nothing",
        ulm()
            .part(RunKind.APPEND, 1, 2, "cities", "ulm", "text", new byte[] {1})
            .part(RunKind.APPEND, 1, 3, "cities", "ulm", "text", new byte[] {9})
            .part(RunKind.APPEND, 2, 3, "cities", "ulm", "text", new byte[] {2})
            .part(RunKind.APPEND, 2, 4, "cities", "ulm", "text", new byte[] {2})
            .seen(3)
            .part(RunKind.COLLAPSE, 3, 5, "cities", "ulm", "text", new byte[] {1, 2}));
  }

  private static void partsOfRemovedRows(Cases to) {
    add(
        to,
        "parts that the removal had not seen are lost with the row, and come back with it",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "seen")
            .seen(2)
            .part(RunKind.ADD, 2, 3, "cities", "ulm", "tags", "not seen")
            .part(RunKind.COUNT, 2, 4, "cities", "ulm", "visits", 1)
            .remove(1, 5, "cities", "ulm")
            .part(RunKind.COUNT, 3, 4, "cities", "ulm", "visits", 9)
            .part(RunKind.DISCARD, 3, 4, "cities", "ulm", "tags", "seen")
            .part(RunKind.APPEND, 3, 4, "cities", "ulm", "text", new byte[] {3}));
    add(
        to,
        "an operation brings a row back whole",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "before")
            .remove(2, 3, "cities", "ulm")
            .part(RunKind.COUNT, 3, 4, "cities", "ulm", "visits", 1));
    long later = RULES_CUT_OFF + 10;
    add(
        to,
        "after the cut-off an operation begins a new row",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "before")
            .remove(2, 3, "cities", "ulm")
            .part(RunKind.COUNT, 3, later, "cities", "ulm", "visits", 1));
    add(
        to,
        "a put that begins a new row leaves no part",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "before")
            .remove(2, 3, "cities", "ulm")
            .put(3, later, "cities", "ulm", "name", "Ulm"));
    add(
        to,
        "what is older than the removal of a row that began anew loses, but for a discard",
        ulm()
            .remove(2, 20, "cities", "ulm")
            .ahead()
            .part(RunKind.ADD, 3, later + 15, "cities", "ulm", "tags", "new")
            .part(RunKind.ADD, 1, 15, "cities", "ulm", "tags", "old")
            .part(RunKind.ADD, 1, 16, "cities", "ulm", "tags", "older")
            .part(RunKind.DISCARD, 1, 17, "cities", "ulm", "tags", "new")
            .part(RunKind.COUNT, 1, 18, "cities", "ulm", "visits", 2)
            .part(RunKind.COUNT, 1, 19, "cities", "ulm", "visits", 3));
    add(
        to,
        "what a device counts in a new row leaves what it lost with the old one",
        ulm()
            .remove(2, 20, "cities", "ulm")
            .ahead()
            .part(RunKind.ADD, 3, later + 15, "cities", "ulm", "tags", "new")
            .part(RunKind.COUNT, 1, 19, "cities", "ulm", "visits", 3)
            .ahead()
            .part(RunKind.COUNT, 1, later + 16, "cities", "ulm", "visits", 1));
    add(
        to,
        "in a hidden row a count goes on from its loser, and an add does not",
        ulm()
            .remove(2, 20, "cities", "ulm")
            .part(RunKind.ADD, 1, 4, "cities", "ulm", "tags", "one")
            .part(RunKind.ADD, 1, 5, "cities", "ulm", "tags", "two")
            .part(RunKind.COUNT, 1, 6, "cities", "ulm", "visits", 1)
            .part(RunKind.COUNT, 1, 7, "cities", "ulm", "visits", 2)
            .part(RunKind.COUNT, 1, 7, "cities", "ulm", "visits", 2)
            .part(RunKind.ASSIGN, 3, 8, "cities", "ulm", "mood", "calm")
            .part(RunKind.ASSIGN, 3, 9, "cities", "ulm", "mood", "glad"));
    add(
        to,
        "a discard brings a hidden row back",
        ulm()
            .part(RunKind.ADD, 1, 2, "cities", "ulm", "tags", "x")
            .seen(2)
            .remove(2, 3, "cities", "ulm")
            .part(RunKind.DISCARD, 1, 4, "cities", "ulm", "tags", "x"));
    add(
        to,
        "of a row that has but its marker and parts that are gone, the marker is lost",
        new Story()
            .part(RunKind.ADD, 1, 1, "cities", "ulm", "tags", "x")
            .part(RunKind.DISCARD, 1, 2, "cities", "ulm", "tags", "x")
            .put(1, 3, "cities", "ulm")
            .remove(2, 4, "cities", "ulm")
            .put(1, 5, "cities", "bonn")
            .part(RunKind.ADD, 1, 6, "cities", "bonn", "tags", "x")
            .remove(2, 7, "cities", "bonn"));
    add(
        to,
        "a row that nobody wrote is there after a discard",
        new Story().part(RunKind.DISCARD, 1, 1, "cities", "ulm", "tags", "x"));
  }

  private static void removals(Cases to) {
    add(
        to,
        "a removal hides the row, and its cells stay in the state",
        new Story().put(1, 1, "cities", "ulm", "name", "Ulm").remove(2, 2, "cities", "ulm"));
    add(to, "a removal of a row that nobody wrote", new Story().remove(1, 1, "cities", "ulm"));
    add(
        to,
        "a later patch brings the row back whole",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "country", "DE")
            .remove(2, 2, "cities", "ulm")
            .patch(1, 3, "cities", "ulm", "country", "AT"));
    add(
        to,
        "a later put outranks the removal, which is forgotten",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "country", "DE")
            .remove(2, 2, "cities", "ulm")
            .put(1, 3, "cities", "ulm", "name", "Ulm again"));
    add(
        to,
        "of two removals the higher one stays",
        new Story()
            .remove(1, 2, "cities", "ulm")
            .remove(2, 2, "cities", "ulm")
            .put(3, 1, "cities", "ulm", "name", "Ulm"));
    add(
        to,
        "a removal and a put of one rank: the removal hides",
        new Story().put(1, 2, "cities", "ulm", "name", "Ulm").remove(1, 2, "cities", "ulm"));
    add(
        to,
        "a removal between put and patch of one row",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .remove(2, 3, "cities", "ulm")
            .patch(3, 2, "cities", "ulm", "name", "too early"));
  }

  private static void mixed(Cases to) {
    add(
        to,
        "the schema travels as rows, and is not visible",
        new Story()
            .put(
                1,
                1,
                "sealift_schema",
                "t/cities",
                "key_column",
                "id",
                "type",
                null,
                "position",
                null)
            .put(
                1,
                2,
                "sealift_schema",
                "c/cities/name",
                "key_column",
                null,
                "type",
                "TEXT",
                "position",
                0)
            .put(2, 3, "cities", "ulm", "name", "Ulm"));
    add(
        to,
        "tables, rows and columns in the order of UTF-8",
        new Story()
            .put(1, 1, "b", "\uD83C\uDF0A", "z", 1, "a", 2, "ä", 3)
            .put(2, 2, "b", "\uFFFD", "z", 4)
            .put(1, 3, "B", "x", "z", 5)
            .put(2, 4, "ß", "x", "z", 6));
    add(
        to,
        "every kind of value",
        new Story()
            .put(1, 1, "t", "k", "i", -1, "r", -0.25, "t", "ü", "b", new byte[] {0, 1}, "n", null));
  }

  private static void losers(Cases to) {
    add(
        to,
        "who had seen what it replaces beats it without a loser",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .seen(1)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm"));
    add(
        to,
        "of two that had not seen each other one is a loser, whichever comes first",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .seen(1)
            .patch(2, 3, "cities", "ulm", "name", "the higher")
            .patch(3, 2, "cities", "ulm", "name", "the lower"));
    add(
        to,
        "equal values do not lose to each other",
        new Story()
            .patch(1, 1, "cities", "ulm", "name", "Ulm")
            .patch(2, 2, "cities", "ulm", "name", "Ulm"));
    add(
        to,
        "whose author wrote once more without having seen the value goes on from its loser",
        new Story()
            .patch(2, 9, "cities", "ulm", "name", "the highest")
            .patch(1, 1, "cities", "ulm", "name", "first")
            .patch(1, 2, "cities", "ulm", "name", "second"));
    add(
        to,
        "a loser stays when somebody replaces the value",
        new Story()
            .patch(1, 1, "cities", "ulm", "name", "lost")
            .patch(2, 2, "cities", "ulm", "name", "value")
            .seen(2)
            .patch(1, 3, "cities", "ulm", "name", "next"));
    add(
        to,
        "a loser that is dismissed goes, and one that nobody has does nothing",
        new Story()
            .patch(1, 1, "cities", "ulm", "name", "lost")
            .patch(2, 2, "cities", "ulm", "name", "value", "people", 1)
            .seen(2)
            .dismiss(2, 3, "cities", "ulm", "people", 1, 1)
            .dismiss(3, 4, "cities", "ulm", "name", 1, 1));
    add(
        to,
        "a loser is over after the review window",
        new Story()
            .patch(1, 1, "cities", "ulm", "name", "lost")
            .patch(2, 2, "cities", "ulm", "name", "value")
            .seen(2)
            .serverTime(2 + Story.RULES.reviewWindowMillis())
            .patch(3, 3, "cities", "ulm", "people", 1)
            .patch(3, 4, "cities", "ulm", "people", 2));
    add(
        to,
        "two events of one file lose by themselves",
        new Story()
            .patch(2, 9, "cities", "ulm", "name", "the highest")
            .patch(1, 1, "cities", "ulm", "name", "first")
            .together()
            .patch(1, 2, "cities", "ulm", "people", 3));
  }

  private static void lostRows(Cases to) {
    add(
        to,
        "what a removal's author had not seen is lost with the row",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
            .seen(1)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .remove(3, 3, "cities", "ulm"));
    add(
        to,
        "and is no loser any more when the row comes back whole",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
            .remove(3, 3, "cities", "ulm")
            .seen(2)
            .patch(1, 4, "cities", "ulm", "people", 2));
    add(
        to,
        "a removal loses to a write that had not seen it",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .seen(1)
            .remove(2, 2, "cities", "ulm")
            .patch(3, 3, "cities", "ulm", "name", "Neu-Ulm")
            .remove(1, 2, "cities", "ulm"));
    add(
        to,
        "a row without columns is lost as such",
        new Story().put(1, 1, "cities", "ulm").remove(2, 2, "cities", "ulm"));
  }

  private static void cutOff(Cases to) {
    long cutOff = Story.RULES.cutOffMillis();
    add(
        to,
        "a write within the cut-off brings a row back whole",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
            .seen(1)
            .remove(1, 2, "cities", "ulm")
            .seen(2)
            .patch(1, 2 + cutOff, "cities", "ulm", "people", 2));
    add(
        to,
        "a write after the cut-off makes a new row, and what is older stays dead",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
            .seen(1)
            .remove(1, 3, "cities", "ulm")
            .seen(2)
            .ahead()
            .patch(1, 4 + cutOff, "cities", "ulm", "people", 2)
            .patch(2, 2, "cities", "ulm", "name", "older"));
    add(
        to,
        "what comes later than the cut-off is not merged",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .serverTime(3 + cutOff)
            .patch(2, 2, "cities", "ulm", "name", "too late", "people", 1)
            .put(2, 3, "cities", "bonn")
            .remove(2, 4, "cities", "ulm"));
  }

  private static void add(Cases to, String name, Story story) {
    to.add(name, story.json());
  }

  /** What loses may leave no trace. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    SpaceRules rules = LogFile.rules(in);
    List<LogFile> files = LogFile.all(in);
    Json expect = MergeModel.of(rules, files).describe(Json.object());
    if (rules.isByArrival()) {
      expect.list("places", new ModelPlaces(rules, files).shown(), Json::get);
    }
    requireSame(expect, Deliveries.digests(rules, files).get());
    return expect;
  }

  private static void requireSame(Json expect, com.google.gson.JsonObject other) {
    other.entrySet().forEach(field -> {
      if (!field.getValue().equals(expect.get().get(field.getKey()))) {
        throw new AssertionError("another " + field.getKey() + " in a store");
      }
    });
  }
}
