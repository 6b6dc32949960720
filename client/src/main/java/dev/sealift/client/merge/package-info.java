/**
 * Deciding what a row is. Pure: no clock, no database, no randomness; state and event in, state
 * out.
 *
 * <h2>Events and ranks</h2>
 *
 * <p>An <em>event</em> puts, patches or removes one row. A put or patch writes <em>cells</em>; a
 * put also writes cell 0, the row's <em>marker</em>. All that one event does has one hybrid time t
 * and one device. Its <em>rank</em> on a cell is
 *
 * <pre>rank(e) = ( t, device, SHA-256(value) )</pre>
 *
 * <p>compared part by part, as unsigned numbers and bytes. A marker and a removal have no value, so
 * their rank is ( t, device ). Ranks are totally ordered, and two events of one rank on a cell
 * write one value there (short of a collision of SHA-256). The same event can stand in several
 * files, when a device had to pack it again; then the first place in the log counts, which is no
 * part of the rank.
 *
 * <h2>State and join</h2>
 *
 * <p>The state of a row is, for each cell, the highest-ranked event that wrote it (as {@link
 * dev.sealift.client.merge.Stamp} and value), and the highest-ranked removal R. A row is visible
 * when some cell outranks R in ( t, device ): a removal hides, a later write of any cell brings the
 * row back whole. R is left out when the marker outranks it. That loses nothing: the marker only
 * ever rises, so a removal below it can never hide the row again, neither here nor after any join.
 *
 * <p>To apply an event is to take the maximum cell by cell; to join two states is the same. Write m
 * for the order <em>rank, then earlier place in the log</em>. It is total, so max by m is
 * commutative, associative and idempotent on each cell; the same holds for R by ( t, device, place
 * ). Leaving R out is a function N of (marker, R) with N(join(N(x), N(y))) = N(join(x, y)): what N
 * leaves out of x lies below x's marker, hence below the joined marker, hence N would leave it out
 * of the join too. So states form a join-semilattice, and applying an event is joining with the
 * state of that event alone.
 *
 * <h2>The laws, for the rule by hybrid time</h2>
 *
 * <ul>
 *   <li><b>L1.</b> The state after any events, in any order, grouped and repeated in any way, is
 *       the join of their single states; in a semilattice that depends on the set alone. The
 *       canonical bytes are a function of the state ({@link dev.sealift.client.merge.RowMeta}). The
 *       bytes name devices by local number and files by place in the log, and so are equal on one
 *       device; visibility and values are equal on all, since they depend on the ids and not on the
 *       numbers.
 *   <li><b>L2.</b> A device stamps by {@link dev.sealift.client.merge.HybridClock}, whose next time
 *       is above every time that it gave or observed; a store observes all that it applies, and
 *       sets aside what is too far ahead instead of applying it. So a new event's t is above the t
 *       of everything its author had seen, t is the first part of the rank, and nothing later
 *       changes it.
 *   <li><b>L3.</b> A rank is made of what the event carries. Receipts, clocks and other events are
 *       no part of it.
 *   <li><b>L4.</b> A local write outranks what the store holds, by L2, so its cells take it at
 *       once; and a cell changes only to what has a higher rank.
 * </ul>
 *
 * <p>What that costs: equal times with equal devices and different values happen only where two
 * copies of one home were at work, and are decided by the values' hashes, for which the held value
 * has to be read ({@link dev.sealift.client.merge.CurrentValues}); keeping hashes would treble the
 * size of each row's metadata for a case that hardly occurs.
 *
 * <h2>Where to start</h2>
 *
 * <p>{@link dev.sealift.client.merge.RowMerge} applies and joins. {@link
 * dev.sealift.client.merge.RowMeta} has the bytes kept with each row, and the short cut for rows
 * that one put wrote whole. The tests hold an executable model that knows nothing but sets of
 * events, and broken variants of merging that must be found out; a change of rule starts there.
 */
@NullMarked
package dev.sealift.client.merge;

import org.jspecify.annotations.NullMarked;
