package dev.sealift.client.store;

import dev.sealift.client.merge.DeviceOrder;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which of several rows had the same values first: by the last of the writes that made them what they are, and by key where a write made both. The same on every device. */
final class ClaimOrder implements Comparator<ClaimOrder.Claim> {
  private final Comparator<Stamp> ranks;
  private final Comparator<Claim> order;

  ClaimOrder(DeviceOrder devices) {
    ranks = Comparator.comparingLong(Stamp::place)
        .thenComparing(Stamp::time, Long::compareUnsigned)
        .thenComparing(Stamp::device, devices::compare);
    order = Comparator.comparing(this::last, ranks).thenComparing(Claim::key);
  }

  /** A row with its values' stamps. */
  record Claim(String key, List<Stamp> stamps) {}

  /** @param columns that the values are in */
  static Claim claim(List<ColumnInfo> columns, String key, byte[] meta) {
    RowState state = Stored.state(meta);
    return new Claim(
        key,
        columns.stream()
            .map(column -> state.cell(column.cell()))
            .flatMap(Optional::stream)
            .toList());
  }

  private Stamp last(Claim claim) {
    return claim.stamps().stream().max(ranks).orElseThrow(); // no value is null
  }

  @Override
  public int compare(Claim one, Claim other) {
    return order.compare(one, other);
  }
}
