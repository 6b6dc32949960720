package dev.sealift.client.compact;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.Comparator;

/**
 * What became of a transaction that has read something.
 *
 * @param number the time of its first event
 * @param events the hash of all of them: two copies of a home can give two transactions one number
 * @param sequence of the file in which it first stands
 */
public record CarriedJudgement(
    DeviceId device, long number, Hash events, long sequence, boolean conflict) {
  static final Comparator<CarriedJudgement> ORDER = Comparator.comparingLong(
          CarriedJudgement::sequence)
      .thenComparing(CarriedJudgement::device)
      .thenComparing(CarriedJudgement::number, Long::compareUnsigned)
      .thenComparing(CarriedJudgement::events);

  public CarriedJudgement {
    if (number == 0 || sequence < 1) {
      throw new IllegalArgumentException("a judgement is of a transaction in the log");
    }
  }
}
