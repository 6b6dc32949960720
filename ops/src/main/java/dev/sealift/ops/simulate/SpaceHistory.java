package dev.sealift.ops.simulate;

import dev.sealift.protocol.id.Hash;
import java.util.List;

/**
 * What became of a space in some years, and what it costs a new device to come in at the end.
 *
 * @param samples one a day
 * @param upper the least that the compactor went by; 0 where there is none
 * @param maxLiveFiles at any moment
 * @param isBelowUpper whether live files were never more than upper was at that moment; true where there is none
 * @param simultaneous compactions made beside another one, of whose making their author could not know
 * @param compactedBytes of the payloads of a compaction of all files, made at the end
 * @param requests answers that the new device waited for, with files of the log or with where they are
 * @param wireBytes of these
 * @param visible digest of what the first device shows
 * @param equal whether all devices have the same digests in the end
 */
public record SpaceHistory(
    List<SpaceSample> samples,
    long upper,
    long maxLiveFiles,
    boolean isBelowUpper,
    long compactions,
    long simultaneous,
    long compactedBytes,
    long requests,
    long wireBytes,
    Hash visible,
    boolean equal) {
  public SpaceHistory {
    samples = List.copyOf(samples);
  }

  public SpaceSample last() {
    return samples.get(samples.size() - 1);
  }
}
