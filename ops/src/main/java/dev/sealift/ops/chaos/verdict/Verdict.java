package dev.sealift.ops.chaos.verdict;

import java.util.List;

/**
 * What became of what was promised.
 *
 * @param acknowledged writes that were acknowledged
 * @param lost of these, those that some device does not show, and files with a receipt that the log does not have
 * @param doubled files, places in chains and places in logs that are taken twice
 * @param equal whether all devices of each space show and know the same
 * @param findings what is wrong, a sentence each
 */
public record Verdict(
    long acknowledged, long lost, long doubled, boolean equal, List<String> findings) {
  public Verdict {
    findings = List.copyOf(findings);
  }

  public boolean isGood() {
    return lost == 0 && doubled == 0 && equal && findings.isEmpty();
  }
}
