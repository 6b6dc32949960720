package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import java.util.List;
import java.util.Optional;

/**
 * What one file loses by reclaiming.
 *
 * @param hasPayload whether its payload goes
 * @param hasHeader whether its signed header goes
 * @param hybridTime what the header says, which stays: places of other files ask for it; 0 when no header goes
 * @param bytes that go
 */
public record ReclaimLoss(
    long sequence, boolean hasPayload, boolean hasHeader, long hybridTime, long bytes) {

  /**
   * Empty when it loses nothing.
   *
   * @param payloadBytes empty when the payload went before
   * @param header the header, if it is to go; empty when it went before, or stays. One that cannot be read stays as well
   */
  public static Optional<ReclaimLoss> of(
      long sequence, Optional<Integer> payloadBytes, ByteString header) {
    Optional<Long> hybridTime = header.isEmpty() ? Optional.empty() : hybridTime(header);
    if (payloadBytes.isEmpty() && hybridTime.isEmpty()) {
      return Optional.empty();
    }
    long bytes = payloadBytes.orElse(0) + (hybridTime.isPresent() ? header.size() : 0);
    return Optional.of(new ReclaimLoss(
        sequence, payloadBytes.isPresent(), hybridTime.isPresent(), hybridTime.orElse(0L), bytes));
  }

  private static Optional<Long> hybridTime(ByteString header) {
    try {
      return Optional.of(SignedHeader.parse(header).header().time().bits());
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  public static long bytes(List<ReclaimLoss> losses) {
    return losses.stream().mapToLong(ReclaimLoss::bytes).sum();
  }
}
