package dev.sealift.ops.simulate;

/** The system broken on purpose, one place at a time. */
enum Broken {
  SEEN_TAKEN_AT_PACKING(
      "client/src/main/java/dev/sealift/client/store/PendingWalk.java",
      "runs.add(shape, entry.text(KEY), time, values);",
      "Statement p = reader.prepare(\"SELECT coalesce(max(sequence), 0) FROM _sealift_log\"); p.next();"
          + " runs.add(new Shape(kind, segment.table(), p.integer(1), seenFiles(segment), columns, segment.transaction()), entry.text(KEY), time, values); p.close();"),
  TIE_BROKEN_BY_ARRIVAL(Sources.ROW_MERGE, Sources.BY_DEVICE, ": 1;"),
  RANK_WITHOUT_DEVICE(Sources.ROW_MERGE, Sources.BY_DEVICE, ": 0;"),
  LOSER_DROPPED(Sources.ROW_MERGE, "if (isHeld(onto, i)) {", "if (order > 0 || isHeld(onto, i)) {"),
  LOSER_OF_A_REMOVAL_DROPPED(Sources.ROW_MERGE, "if (!seen.has(held)) {", "if (false) {"),
  LOSER_KEPT_WHEN_ITS_AUTHOR_WENT_ON(
      Sources.ROW_MERGE, "losers.add(new LoserChange.Dropped(written.cell(i), stamp));", ""),
  UNDONE_REMOVAL_DROPPED(Sources.ROW_MERGE, "if (!seen.has(removal)) {", "if (false) {"),
  REMOVAL_OF_A_HIDDEN_ROW_DROPPED(
      Sources.ROW_MERGE,
      "RowState.owning(row.copyOfCells(0), later(row.removalStamp(), stamp), row.touchStamp());",
      "RowState.owning(row.copyOfCells(0), isVisible(row) ? later(row.removalStamp(), stamp) : row.removalStamp(), row.touchStamp());"),
  CUT_OFF_IGNORED_FOR_EDITS(
      Sources.REMOTE_WRITER,
      "return new HybridTime(time).millis() < lateBeforeMillis;",
      "return false;"),
  CUT_OFF_IGNORED_FOR_REMOVED_ROWS(
      Sources.ROW_MERGE, "if (!isWithinCutOff(stamp, removal)) {", "if (false) {"),
  DEAD_REMOVALS_KEPT(
      Sources.ROW_MERGE,
      "if (removal == null || !isDead(removal, serverTimeMillis)) {",
      "if (true) {"),
  DEAD_ROWS_LEFT_UNDER_WHAT_COMES_THEN(
      Sources.ROW_MERGE, ": RowState.ABSENT;", ": row.without(removal::equals);"),
  PARTS_TAKEN_AWAY_UNSEEN(
      Sources.ROW_MERGE,
      ".filter(part -> outranks(part) && seen.has(part.stamp()))",
      ".filter(part -> outranks(part))"),
  PARTS_LOST_WITH_THEIR_ROW_DROPPED(
      Sources.ROW_MERGE, "if (!seen.has(part.stamp())) {", "if (false) {"),
  COUNTS_ADDED_UP(
      "client/src/main/java/dev/sealift/client/merge/PartOp.java",
      "part.stamp().device() == stamp.device();",
      "false;"),
  PARTS_SENT_TWICE_RISE(
      "client/src/main/java/dev/sealift/client/merge/CompoundCell.java",
      "last.merge(part.stamp().device(), part.stamp(), CompoundCell::later);",
      ""),
  PARTS_NOT_SHOWN_AGAIN(
      "client/src/main/java/dev/sealift/client/store/RowMerger.java",
      "ops.of(table, row, lastAdmitted).forEach(op -> own.add(new Waiting(op.event(), op.seen())));",
      ""),
  DISMISSAL_NOT_APPLIED(
      Sources.REMOTE_WRITER,
      "names.named(table, event).forEach(loser -> losers.remove(table, loser));",
      ""),
  CLOCK_IGNORES_WHAT_IT_SEES(
      "client/src/main/java/dev/sealift/client/merge/HybridClock.java",
      "return isAhead(seen, meshMillis) || !seen.isAfter(last) ? this : with(seen);",
      "return this;"),
  RESTAMPED_OUT_OF_ORDER(
      "client/src/main/java/dev/sealift/client/store/Restamp.java",
      "Math.max(entry.time() - (shiftMillis << HybridTime.COUNTER_BITS), previous + 1);",
      "entry.time() - (shiftMillis << HybridTime.COUNTER_BITS);"),
  OVERTAKEN_CELLS_NOT_SENT(
      "client/src/main/java/dev/sealift/client/store/PendingWalk.java",
      "overtaken.getOrDefault(time.bits(), Map.of());",
      "Map.of();"),
  GUARD_IGNORED(
      "client/src/main/java/dev/sealift/client/store/Judge.java",
      "boolean conflict = !new Holding(transaction.number(), source).all(guards);",
      "boolean conflict = false;"),
  TRANSACTION_SPLIT_OVER_TWO_FILES(
      "client/src/main/java/dev/sealift/client/pack/PayloadPacker.java",
      "Attempt attempt = fuller(fitting(attempt(rows)));",
      "Attempt attempt = attempt(Math.min(rows, 3));"),
  COALESCING_TAKES_A_CELL_OUT_OF_A_TRANSACTION(
      "client/src/main/java/dev/sealift/client/store/Journal.java",
      "&& (inTransaction || stamp.time() <= lastWhole);",
      "&& false;"),
  TRANSACTION_TORN_IN_THE_INBOX(
      "client/src/main/java/dev/sealift/client/store/Losers.java",
      "AND key = ? AND cell = ? AND device = ? AND tx = 0",
      "AND key = ? AND cell = ? AND device = ?"),
  REVIEW_WINDOW_OF_ITS_OWN(
      "client/src/main/java/dev/sealift/client/store/SpaceStore.java",
      "return FileLog.lastServerTime(reader) - writer.rules().current().reviewWindowMillis();",
      "return 0;"),
  JOURNAL_FORGOTTEN_BEFORE_THE_FILE_IS_KEPT(
      "client/src/main/java/dev/sealift/client/store/Batch.java",
      "writer.log().send(file);\n    writer.journal().deleteUpTo(file.last());",
      "writer.journal().deleteUpTo(file.last());"),
  ROWS_THAT_OTHERS_NEED_REMOVED_BY_RULES(
      Sources.ANSWERER, ".filter(reference -> !holds.isHeld(row));", ".filter(reference -> true);"),
  REMOVED_ROWS_NOT_BROUGHT_BACK_BY_RULES(
      Sources.ANSWERER, "&& rows.returnsWhole(reference.target())", "&& false"),
  COMMIT_ANSWERED_AND_NOT_MADE(
      "storage-adapter/src/main/java/dev/sealift/storage/sqlite/GroupWriter.java",
      "open.connection().setAutoCommit(true); // commits; durable when it returns",
      "open.connection().rollback(); open.connection().setAutoCommit(true);"),
  UNANSWERED_COMMIT_TAKEN_FOR_DURABLE(
      "merge-engine/src/main/java/dev/sealift/merge/Commits.java",
      "take().slots().forEach(this::unanswered);",
      "Batch batch = take();"
          + " batch.slots().forEach(slot -> answer(slot, slot.durable(batch.sentAt()), batch.sentAt()));"),
  SEEN_FILES_IGNORED_IN_JUDGING(
      "client/src/main/java/dev/sealift/client/store/SeenFiles.java",
      ".filter(there -> there < before)",
      ".filter(there -> false)"),
  RECEIPT_IGNORED_UNDER_ARRIVAL(
      Sources.PLACES, ": entry.serverTimeMillis();", ": floor(file, runs);"),
  FLOOR_IGNORED(Sources.PLACES, "Math.max(floor(file, runs), entry.base())", "entry.base()"),
  WHAT_WAS_SEEN_BESIDE_THE_LOG_IS_NO_FLOOR(Sources.PLACES, "highest(beside, entry)", "NONE"),
  REPEATED_EVENT_RANKED_ANEW(
      Sources.PLACES, "Long.compareUnsigned(time, newestBefore) > 0", "time != 0"),
  OWN_FILE_NOT_RANKED_AGAIN_AT_ITS_RECEIPT(
      Sources.REMOTE_WRITER,
      "return places.areUsed()\n        || !asides.isEmpty()",
      "return !asides.isEmpty()"),
  LOST_FILES_OF_OTHERS_NOT_PUT_AGAIN(
      Sources.DISPLACED, "return Optional.ofNullable(next);", "return Optional.empty();"),
  LOST_FILES_STILL_COUNT_IN_MERGING(
      "client/src/main/java/dev/sealift/client/store/Refold.java",
      "if (!tables.isEmpty()) {",
      "if (false) {"),
  UNDO_TAKES_BACK_WHAT_OTHERS_WROTE(
      "client/src/main/java/dev/sealift/client/store/Undoing.java",
      ".filter(held -> UndoLog.isOwn(held) && held.time() == cell.time())",
      ".filter(held -> true)"),
  FEED_IN_THE_ORDER_OF_WRITING(
      "client/src/main/java/dev/sealift/client/store/FeedReader.java",
      "ORDER BY f.at LIMIT ?",
      "ORDER BY f.key LIMIT ?"),
  DEFAULT_OF_ANOTHER_VERSION_READ(
      "client/src/main/java/dev/sealift/client/store/ColumnInfo.java",
      "return app == null ? shared.fallback() : app.fallback();",
      "return shared.fallback();");

  private final Mutation mutation;

  Broken(String source, String from, String to) {
    mutation = new Mutation(source, from, to);
  }

  Mutation mutation() {
    return mutation;
  }

  private static final class Sources {
    static final String ROW_MERGE = "client/src/main/java/dev/sealift/client/merge/RowMerge.java";
    static final String REMOTE_WRITER =
        "client/src/main/java/dev/sealift/client/store/RemoteWriter.java";
    static final String DISPLACED = "client/src/main/java/dev/sealift/client/sync/Displaced.java";
    static final String PLACES = "client/src/main/java/dev/sealift/client/store/Places.java";
    static final String ANSWERER = "client/src/main/java/dev/sealift/client/rule/Answerer.java";
    static final String BY_DEVICE = ": devices.compare(arriving.device(), held.device());";
  }
}
