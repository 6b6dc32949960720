/**
 * Rules across rows: references to other rows, and values that only one row may have. Merging decides each row by itself and never asks them; they look at what it has made, and answer with new events.
 * Pure: the rules, what is shown ({@link dev.sealift.client.rule.Rows}) and the time in, answers out.
 *
 * <h2>What a rule says</h2>
 *
 * <p>Write x → p for: the row x is there and refers to p. It is <em>broken</em> when p was removed. (That p was never there is told of and not answered: it may be on its way.)
 *
 * <ul>
 *   <li>{@code RESTAMP}: p is brought back by a marker, with what it held. Not when its removal is older than the cut-off, for it would come back empty.
 *   <li>{@code REMOVE}: x is removed. Not when x is held, and not as long as p is.
 *   <li>{@code REPORT}: nothing.
 * </ul>
 *
 * <p>A row r is <em>held</em> when a row that is there refers by {@code RESTAMP} to it, or to a removed row that refers by {@code RESTAMP} to it, and so on. What cannot be answered stays, and is told of.
 *
 * <p>Of rows with one unique value the first by rank keeps it. The later ones are told of, or get what the app's function makes of it.
 *
 * <h2>Who answers</h2>
 *
 * <p>At once whoever had a part: who removed p, and who wrote a cell of x. Anybody else an hour after that, for those may be gone for ever. So a violation mostly has two answers, at the most one of each device. They are equal: two
 * markers, two removals, or two writes of one value, which make no losers. A device answers only while it holds the whole log as far as it knows, may write, and has a connection. Which devices answer when is for economy; nothing below builds on
 * it.
 *
 * <h2>They end</h2>
 *
 * <p>Claim: when people have stopped writing, there comes a time after which no device answers, and then all show the same. Let everything that people wrote be in the log, and let N be a moment from which on every device has it. Answers that were
 * given before N are finitely many, and count as written by people. After N answers are all that is new. Suppose at first that references no longer change. Let G be the graph of rows with an edge x → p for each
 * {@code RESTAMP} reference, whether its rows are there or not, and without edges of a row to itself. Three facts about one device's decision, which is made of one state:
 *
 * <ol>
 *   <li>It removes r only if r is there and no row that is there has a path in G to r.
 *   <li>It brings r back only if r is removed and a row that is there has an edge to r.
 *   <li>Afterwards it shows what it has written, until something comes that outranks it, which was written by another device or person. So of two answers that one device gives to a row, with none from others in between, one
 *       is a removal and the other one brings the row back.
 * </ol>
 *
 * <p>Each row gets finitely many answers. By induction over the strongly connected components of G, those first that nobody else refers to:
 *
 * <ul>
 *   <li><b>A component of several rows.</b> When one of them is there, it has a path to itself, so by (1) none of the component that is there is ever removed. All answers bring back; a row that is there on a device stays so but for removals
 *       of before N, which are finitely many. So the answers are.
 *   <li><b>A single row r.</b> All rows with a path to r have had their last answer some day, and once that is everywhere, the set P of those that are there is the same on all devices for ever. If P is empty, r is never brought back any more, by (2), and
 *       each device can remove it once. If it is not, r is never removed any more, by (1), and each device can bring it back once, unless one of the finitely many removals under way comes.
 * </ul>
 *
 * <p>References do change where a unique column is one, and its values are replaced by a rule. A device replaces the value of one row at most {@value dev.sealift.client.rule.Answerer#MOST_ATTEMPTS} times in its life, so that ends whatever the
 * app's function does; let N be after the last.
 *
 * <p>When nobody answers, and every answer has come to everyone, all have the same log, and so show the same. What a rule would answer there it would have answered. So what is still broken is held, or older than the cut-off, or has no free value: it
 * is among the violations, which are a function of what is shown.
 *
 * <p>Without precedence there is no end: x refers by {@code REMOVE} to a removed row, and y refers to x by {@code RESTAMP}. Were x removed, it would come back because of y, and be removed.
 *
 * <h2>What it costs</h2>
 *
 * <p>A row can come back for the sake of one that goes itself a moment later, on a device that looked at them in another order. A row that was held is looked at again when something that held anything is gone, and every hour. Two devices that give
 * a row another value at a time, not having seen the same, may choose two; one of them is then in the inbox.
 *
 * <h2>Where to start</h2>
 *
 * <p>{@link dev.sealift.client.rule.Answerer} decides, {@link dev.sealift.client.rule.Removal} says what a removal made here takes along or is refused for. The store keeps the rows that break a rule
 * ({@code store.RuleKeeper}) and writes the answers. The test {@code RuleProperties} tries to find a graph and a history that never end.
 */
@NullMarked
package dev.sealift.client.rule;

import org.jspecify.annotations.NullMarked;
