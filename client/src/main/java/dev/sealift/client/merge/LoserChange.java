package dev.sealift.client.merge;

import dev.sealift.client.value.Value;

/**
 * What an event does to the losers of its row. The changes of one event are to be made in their order.
 */
public sealed interface LoserChange {
  /** What beat a loser. */
  enum Reason {
    /** A value of the same cell, whose author had not seen it. */
    VALUE,
    /** A removal of the row, whose author had not seen it. */
    REMOVAL,
    /** A write to the row, whose author had not seen this removal; the loser is the removal, its cell the marker. */
    WRITE
  }

  /** Something was written that its rival's author had not seen, and its rival has the higher rank. */
  record Lost(Reason reason, int cell, Stamp loser, Value value, Stamp rival)
      implements LoserChange {}

  /** A device wrote to the cell again: what it had lost there before, of no later time than that, is no loser any more. */
  record Dropped(int cell, Stamp by) implements LoserChange {}

  /** The row came back whole, and with it what only its removal had beaten. */
  record Restored(int cell, Stamp loser) implements LoserChange {}
}
