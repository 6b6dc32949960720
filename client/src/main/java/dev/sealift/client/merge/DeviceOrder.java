package dev.sealift.client.merge;

/**
 * The order of device ids, by this store's numbers for them. A total order of the ids' bytes,
 * unsigned: the same on every device although the numbers are not.
 */
@FunctionalInterface
public interface DeviceOrder {
  /**
   * Negative, zero or positive as the id of {@code device} is below, equal to or above the id of
   * {@code other}.
   */
  int compare(int device, int other);
}
