package dev.sealift.client;

import dev.sealift.client.store.LostReason;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.Hash;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody wrote to a row and lost to something whose author had not seen it; or what came too late to be merged. It stands in the inbox of every device, until somebody revives or
 * dismisses it, or the space's review window is over.
 */
public final class InboxItem {
  private static final int ID_DIGITS = 12;

  private final List<LostValue> lost;

  private InboxItem(List<LostValue> lost) {
    this.lost = List.copyOf(lost);
  }

  /** What one write lost of one row at one time is one item. */
  static List<InboxItem> of(List<LostValue> values) {
    List<InboxItem> items = new ArrayList<>();
    List<LostValue> open = new ArrayList<>();
    for (LostValue value : values) {
      if (!open.isEmpty() && !isOfOneWrite(open.get(0), value)) {
        items.add(new InboxItem(open));
        open.clear();
      }
      open.add(value);
    }
    if (!open.isEmpty()) {
      items.add(new InboxItem(open));
    }
    return items;
  }

  private static boolean isOfOneWrite(LostValue one, LostValue other) {
    return one.wire().equals(other.wire())
        && one.key().equals(other.key())
        && one.time().equals(other.time())
        && one.device().equals(other.device())
        && one.reason() == other.reason()
        && one.sinceMillis() == other.sinceMillis();
  }

  List<LostValue> values() {
    return lost;
  }

  private LostValue first() {
    return lost.get(0);
  }

  /** Names the item on every device alike: some hexadecimal digits. */
  public String id() {
    LostValue any = first();
    String all = String.join(
        "\0",
        any.wire(),
        any.key(),
        Long.toHexString(any.time().bits()),
        any.device().toString(),
        any.reason().name(),
        Long.toString(any.sinceMillis()));
    return digits(all);
  }

  /** Names the transaction that it lost with, as a whole, on every device alike; empty of what lost by itself. Reviving or dismissing the item is about all of that. */
  public Optional<String> transaction() {
    LostValue any = first();
    return any.transaction() == 0
        ? Optional.empty()
        : Optional.of(digits(any.device() + "\0" + Long.toHexString(any.transaction())));
  }

  private static String digits(String text) {
    return Hash.of(text.getBytes(StandardCharsets.UTF_8)).toString().substring(0, ID_DIGITS);
  }

  public String table() {
    return first().table();
  }

  /** The row's. */
  public String key() {
    return first().key();
  }

  public LostReason reason() {
    return first().reason();
  }

  /** What was written, by column. Empty of a removal, and of a row without columns. */
  public Row lost() {
    return row(false);
  }

  /** What the same columns show now; nulls where the row is not there. */
  public Row current() {
    return row(true);
  }

  private Row row(boolean current) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (LostValue value : lost) {
      if (!value.column().isEmpty()) {
        values.put(value.column(), current ? value.current() : value.value());
      }
    }
    return Row.ofValues(Collections.unmodifiableMap(values));
  }

  /** The device that wrote it, as {@link SpaceStatus#device} names it. */
  public String author() {
    return first().device().toString();
  }

  /** When it was written, by its author's clock. */
  public Instant written() {
    return Instant.ofEpochMilli(first().time().millis());
  }

  /** The device that wrote what beat it; of what came too late, its author. */
  public String rivalAuthor() {
    return first().rivalDevice().toString();
  }

  /** When what beat it was written. */
  public Instant rivalWritten() {
    return Instant.ofEpochMilli(first().rivalTime().millis());
  }

  /** Since when it is in the inbox, by the mesh's clock: the review window counts from then. */
  public Instant since() {
    return Instant.ofEpochMilli(first().sinceMillis());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InboxItem item && lost.equals(item.lost);
  }

  @Override
  public int hashCode() {
    return lost.hashCode();
  }
}
