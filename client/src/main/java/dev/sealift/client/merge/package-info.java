/**
 * Deciding what a row is. Pure: no clock, no database, no randomness; state and event in, state
 * out.
 *
 * <h2>Events and ranks</h2>
 *
 * <p>An <em>event</em> puts, patches or removes one row, or does something to one compound cell of it. A put or patch writes <em>cells</em>; a
 * put also writes cell 0, the row's <em>marker</em>. All that one event does has one hybrid time t
 * and one device. Its <em>rank</em> on a cell is
 *
 * <pre>rank(e) = ( t, device, SHA-256(value) )</pre>
 *
 * <p>compared part by part, as unsigned numbers and bytes. A marker and a removal have no value, so
 * their rank is ( t, device ). Ranks are totally ordered, and two events of one rank on a cell
 * write one value there (short of a collision of SHA-256).
 *
 * <p>An admitted event has the <em>sequence</em> of its file in the log, and behind that
 * its turn in the file. It also says what its author <em>had seen</em> when writing it: all files
 * up to a sequence n. Write <em>e saw f</em> for: the file of f is one of those, or e and f are by
 * one device.
 *
 * <p>That is the rule by hybrid time. Of the other one see below.
 *
 * <h2>State</h2>
 *
 * <p>What a device knows is a pair: a prefix of the log, and a set of events that are not in the
 * log yet (its own, mostly). Two such pairs join to the longer prefix and the union of the sets, less
 * what is in that prefix. That is a semilattice because maximum and union are; files come in any
 * order, in any groups, as often as they like, and only the prefix and the set count. What merging
 * makes of it is in two steps:
 *
 * <ul>
 *   <li><b>what the log makes of a row</b>: its events one after the other, each applied by {@link
 *       dev.sealift.client.merge.RowMerge}. A function of the prefix, so the same on every device
 *       that holds it: values, the marker, the removal, and the losers.
 *   <li><b>what is shown</b>: that, with the events of the set on top, in the order of their ranks,
 *       as if they had seen everything. They make no losers.
 * </ul>
 *
 * <p>A mesh that was restored has a log that begins as the old one did and goes on in another way. What a
 * device knows is then the pair of the beginning that is left, and of all other events that it holds: its own and others'. What the log makes of a row is
 * taken from the log as it is, so nothing is left of places that are lost.
 *
 * <p>A cell's value is its highest-ranked event. A removal R hides the row unless the marker or a
 * cell outranks it. It hides and does not erase: a higher-ranked write brings the row back whole as
 * long as its time is within the cut-off after R's. After that it begins a new row: what is below R
 * is erased, and R stays to say that it is.
 *
 * <p>R is <em>dead</em> where a server time is above its time by more than twice the cut-off. Before an event of such a file comes to the row, R is forgotten: with the row if it hides that, alone if the row began
 * anew ({@link dev.sealift.client.merge.RowMerge#asOf}). Whatever is merged then is later than R by more than the cut-off, so R would only keep apart what is from before a new row and what is not; nothing is, but what stands below R by
 * its place, or names what it hides. What comes of those is a function of the prefix, since server times are: they rise along the log, so it does not matter when R is dropped once it is dead.
 *
 * <h2>Losers</h2>
 *
 * <p>When an event e comes to a cell with a value v, it <em>replaces</em> v if e outranks v and saw
 * it. Otherwise the two are <em>concurrent</em>: the higher rank is the value and the other one is a
 * loser, unless the two values are equal. A removal does the same to all cells at once. What is
 * hidden by a removal that had not seen it is a loser until the row comes back; and a removal that a
 * write undoes without having seen it is a loser itself. Said without steps: f becomes a loser
 * of its cell exactly if an event that outranks it stands before it in the log, or if the first one
 * behind it that outranks it did not see it. A loser is dropped when its author writes to the cell again, no earlier, without having seen the value: it
 * went on from its loser.
 *
 * <h2>Lifetimes</h2>
 *
 * <p>In a table with a lifetime an event is <em>over</em> where a server time is a lifetime after its own, and then it is nothing. Times come first in ranks, so what is over is all below what is not; and what becomes of an event there rests on nothing
 * that it outranks: a cell by itself and no group, and losers that are dropped whatever the cell holds ({@link dev.sealift.client.merge.Written#forALifetime}). So a row less what is over is what it would be without the events that are over.
 *
 * <h2>Compound cells</h2>
 *
 * <p>A cell can hold several values at a time, its <em>parts</em> ({@link dev.sealift.client.merge.CompoundCell}): a register that keeps concurrent values, a counter, a set, updates
 * that an app merges. A part is an event with its value. An operation e takes away the parts that it is about ({@link
 * dev.sealift.client.merge.PartOp}), that it outranks and that it saw, and adds its own, unless it only takes away. So p is a part of the cell exactly if no operation behind it in the log that is about
 * it outranks it and saw it. Nothing before it in the log can have seen it, and so nothing need be remembered for parts that are still to come.
 *
 * <p>A part that was taken away must not rise when its event stands in the log once more. The events of one device are in the log in the order of their times, so for each device the last
 * part that was taken away is enough: what is no later and not there <em>is refused</em>, and becomes a loser, as what is not merged always does. Of a counter a device has one part, the sum of all that it added, and
 * the latest counts.
 *
 * <p>In the row a compound cell counts by its highest event, the <em>touch</em>, which brings rows back and loses with them as any write does.
 *
 * <h2>The laws, for the rule by hybrid time</h2>
 *
 * <ul>
 *   <li><b>L1.</b> What the log makes of a row is a function of the prefix, and what is shown of the
 *       pair. Of the events alone, whatever the log's order: the value of a cell is a maximum over a
 *       set, and so is R; the row shows when the maximum of all cells and the marker is above R,
 *       which again asks only for maxima. Forgetting R when a write outranks it changes nothing of
 *       that: the highest cell only ever rises, so R could never hide the row again. The cut-off is
 *       the exception, which the law names: whether R erases depends on which write comes first
 *       after it. The bytes of a state are a function of it ({@link
 *       dev.sealift.client.merge.RowMeta}); they name devices by local number, and so are equal on
 *       one device; the digests name them by id, and are equal on all. A compound cell's parts are
 *       not a maximum, but who takes away what is said by the events: in any order of the log in
 *       which what an author had seen comes before what he wrote, the same pairs of events meet,
 *       each with the same answer, and a part is gone when one of them says so.
 *   <li><b>L2.</b> A device stamps by {@link dev.sealift.client.merge.HybridClock}, whose next time
 *       is above every time that it gave or observed; a store observes all that it applies, and
 *       sets aside what is too far ahead instead of applying it. So a new event's t is above the t
 *       of everything its author had seen, t is the first part of the rank, and nothing later
 *       changes it. An author that lies about what it saw gains nothing: the rank decides, and an
 *       event that claims to have seen what outranks it is judged as concurrent.
 *   <li><b>L3.</b> A rank is made of what the event carries. Receipts, clocks and other events are
 *       no part of it.
 *   <li><b>L4.</b> A local write outranks what the store shows, by L2, so its cells take it at once;
 *       and a cell changes only to what has a higher rank. When its file is admitted after the
 *       cut-off it is not merged, which is the one exception.
 *   <li><b>L5.</b> A value leaves a cell only in {@code RowMerge}, and there either by an event that
 *       saw it, or with a loser made of it, or with an equal value in its place; and what does not
 *       become the value, because something outranks it, becomes a loser in the same step. What is
 *       erased below R, or forgotten with R when that is dead, was hidden before, and each of it that R had not seen became a loser when it
 *       was hidden. A part leaves only by an operation that saw it. Losers leave by a dismissal,
 *       by the window's end, by the row's coming back with the very value, or when their author
 *       goes on. Weaker where a mesh was restored: an event from the lost part says by a number how
 *       far its author had seen, and in the new log other files may stand up to there. Such a value
 *       can be replaced without becoming a loser, on all devices alike.
 * </ul>
 *
 * <h2>The rule by arrival</h2>
 *
 * <p>A space may rank by arrival instead. Each file of the log then has a <em>place</em>, and the rank of an event e in a file f is
 *
 * <pre>rank(e) = ( place(e), t, device, SHA-256(value) )</pre>
 *
 * <p>Write S(f) for the server time of f, p for the file before f in its chain, b for the files of other chains that f builds on, and call f late if S(f) is more than the space's {@code lateAfter} after its newest event. Then
 *
 * <pre>
 * public(f) = S(f), or base(f) if f is late                    base(f) = max( public(p), public(b) … ), 0 without any
 * floor(f)  = max( S(n), place(d) … )    n the least of what the author of the newest event had seen, what the header says, and all before f;
 *                                        d what the author had seen without a place when writing any event, and the log has before f
 * place(f)  = S(f), or max( floor(f), base(f), place(p) ) if f is late
 * place(e)  = place(f), or max( place(q), S(m), place(d) … ) if a file of its chain before f reaches t; q the first that does, m and d what e's author had seen, and before f
 * </pre>
 *
 * <p>public and base can be worked out by everybody and are in the log's leaves, where each device checks them; floor takes the file's contents. An event that is not in the log yet is at
 * the highest of S(position when it was written) and the places of what its author wrote before it or had seen, admitted or not: {@code Places} and {@code Rising} in the store. All else is as
 * above, with these ranks.
 *
 * <p><b>Lemma.</b> place(e) ≤ S(f), place(f) ≤ S(f), and S rises along the log. By induction: floor(f) is the S of a file before f, base(f) is at most S(p) or S(b), below S(f) since those stand before f; so are place(d), place(q) and S(m).
 *
 * <ul>
 *   <li><b>L1.</b> A place is a function of the log up to its file, so what the log makes of a row is a function of the prefix as before. It is one of the receipts too, as the law says: the same events in
 *       other files can have other places. In whatever order events meet, each with its place, the value is the maximum. An event that stands in two files of the log is at one place, that of the first.
 *   <li><b>L2.</b> Let e in f have seen g in h. If h is by another author, it stands at most at what e says to have seen, or is a d, or stands before one in its chain. In time, place(f) = S(f) &gt; S(h) ≥ place(h). Late, floor(f) ≥ S(h): the newest
 *       event of f has seen no less than e, the header, made later, no less than that, and nobody has seen what stands behind his file. Or floor(f) ≥ place(d) ≥ place(h): the mesh admits f behind what it builds on, and place does not fall
 *       along a chain. An e that is not at place(f) is at S(m) ≥ S(h) or place(d) at the least.
 *       If g is by the same author, its t is below e's, so the first file of the chain that reaches it is that of e or before it, and place does not fall
 *       along a chain: S(f) &gt; S(p) ≥ place(p), or place(p) is one of those of which place(f) is the highest; and what an author has seen does not fall either. Where places are equal, t decides, which is above.
 *       So that is true also where g comes, or comes again, behind e: a home was put back from a backup. (Of two copies of a home that are both at work neither has seen what the other does; which wins is arbitrary, and the same everywhere.) Of counters that is needed in any case:
 *       what a device counts is all that it counted, so its later count must outrank the one before.
 *       <p>max(floor, base) would do without place(p) as long as no log is lost: what authors have seen does not fall along a chain, so floor(f) ≥ floor(p), and if p is late then base(f) = base(p), else base(f) = S(p). After a mesh was
 *       restored, what is pending has seen no more than what is left of the log, and a file of before, which is sent again as it is, says that it had seen more.
 *       Weaker there: f, sent again, may get its place before h, which it had seen, has one again.
 *       <p>base(f) counts b for those who cannot read f or h; for who can, place(d) ≥ public(d) has said it. The floor counts what was seen by all runs, and not by the newest event's: what was given up
 *       in between is seen no more, and may be admitted all the same.
 *   <li><b>L3.</b> The place of an admitted file never changes. That of an event rises when a file is admitted: its own, one before in its chain, or one that its author had seen. place(f) is not below
 *       what its events had before, since S(f) or floor(f) is not below S(position when they were written) nor the places of what was seen, and place(p) is counted. What is shown is made of what the log has and of what is not in it, each with the
 *       rank that it has then, so nothing is undone.
 *   <li><b>L4.</b> A local write is at S(position) at the least, which by the lemma no admitted file is above, and at what its author's events before it have; of one place its t is the highest. It is outranked by a
 *       file that comes meanwhile, and shows again once its own has come.
 *   <li><b>L5.</b> As above: what becomes a loser rests on ranks and on what was seen, however ranks come about.
 * </ul>
 *
 * <p>What the rule costs is paid in such spaces alone: own files are read again when they have their places; rows whose unadmitted writes may rise are shown anew; rows go to SQLite one by one;
 * and stamps have a place, some six bytes. And a mesh can choose who wins, by delaying.
 *
 * <h2>What it costs</h2>
 *
 * <p>Equal times with equal devices and different values happen only where two
 * copies of one home were at work, and are decided by the values' hashes, for which the held value
 * has to be read ({@link dev.sealift.client.merge.CurrentValues}); keeping hashes would treble the
 * size of each row's metadata for a case that hardly occurs. Two copies of one home are one device
 * here: what one of them replaces of the other makes no loser.
 *
 * <h2>Transactions</h2>
 *
 * <p>Events can be one transaction, which has guards: which events certain registers and compound cells are by, and which rows are there. When the log comes to it, it counts if what the log makes of those rows then is so; otherwise
 * none of its events comes to a row, and all of them become losers. That is decided once, so it is a function of the prefix, as all that the log makes is; but it does depend on the log's order. So of the laws, L1 is of the events that
 * count: which ones do is said by the log where guards are used, as it is by the cut-off. L4 has another exception: a guarded write shows until the log has judged it. L2, L3 and L5 stay as they are: ranks do not know of
 * transactions, what a transaction has read it has seen and therefore outranks, and what does not count is a loser, which stays until it is dismissed or over.
 *
 * <h2>Where to start</h2>
 *
 * <p>{@link dev.sealift.client.merge.RowMerge} applies. {@link dev.sealift.client.merge.RowMeta} has
 * the bytes kept with each row. The tests hold an executable model that keeps every event and asks
 * questions about all of them, and broken variants of merging that must be found out; the protocol's
 * specification has the same rules in its section 9, and a second implementation in JavaScript is
 * held to them by common vectors. A change of rule starts in those.
 */
@NullMarked
package dev.sealift.client.merge;

import org.jspecify.annotations.NullMarked;
