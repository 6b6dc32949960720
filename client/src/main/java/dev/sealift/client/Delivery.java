package dev.sealift.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far what was written in a space has come, as far as this device can know. Nothing of it is the mesh's word: that something is in the log is proved by a receipt, and what another device holds by what that device has signed.
 *
 * @param pendingWrites local writes that were not packed yet
 * @param waitingFiles packed files that wait for their receipts
 * @param sequence the last file of this device in the log; 0 when there is none
 * @param asOf when another device last signed that it holds a log which this device has as well, by that device's clock: how fresh what is here is for certain. Devices sign it when they connect, whenever they hold more, and every quarter of an hour. Empty when nobody has, which is so in a space with one device
 * @param behind how many files of the log another device has signed to hold beyond what this device has been given. While files are on their way that is more than 0 for moments; where it stays so although the mesh says that this device is up to date, the mesh keeps something from it
 * @param others the other devices that are in the space, in the order in which they came
 */
public record Delivery(
    long pendingWrites,
    long waitingFiles,
    long sequence,
    Optional<Instant> asOf,
    long behind,
    List<Reader> others) {
  public Delivery {
    others = List.copyOf(others);
  }

  /**
   * Another device.
   *
   * @param device its id, as {@link Space#members} has it
   * @param member whose it is
   * @param holds up to which file of the log it has everything, at the least; 0 when it has signed nothing yet that would say so
   * @param signed when it signed the last file or position of that kind, by its own clock
   * @param hasAll whether it has all of this device's files that are in the log; not what is still to be sent
   */
  public record Reader(
      String device, String member, long holds, Optional<Instant> signed, boolean hasAll) {}
}
