package dev.sealift.ops.chaos.verdict;

import java.util.List;
import java.util.Map;

/**
 * What was noted down during a run and read at its end.
 *
 * @param roster the devices that there were, as the run knows without their notes
 * @param writes what devices were told is durable
 * @param receipts what the mesh said of files
 * @param heads what the mesh signed of its logs
 * @param devices what each device shows at the end
 * @param logs each space's log at the end, as a new device was given it
 */
public record Evidence(
    List<Member> roster,
    List<Acknowledged> writes,
    List<Receipted> receipts,
    List<SeenHead> heads,
    List<DeviceState> devices,
    List<SpaceLog> logs) {

  /**
   * A device that the run started in a space: at the end it has to say what it shows.
   *
   * @param writes whether it is one of those that write
   */
  public record Member(String device, String space, boolean writes) {}

  /**
   * A device's writes 1 … {@code upTo} in a space are durable in the mesh: its client said so after it had verified the receipts.
   */
  public record Acknowledged(String device, String space, long upTo) {}

  /**
   * A receipt as it came, before the client looked at it.
   *
   * @param file FileId in hexadecimal
   */
  public record Receipted(String space, String file, long sequence, long serverTimeMillis) {}

  /** A signed head as it came: the tree's root, in hexadecimal, at a size. */
  public record SeenHead(String space, long size, String root) {}

  /**
   * A device at the end.
   *
   * @param entries by writer, the numbers of its entries that are there
   * @param counters keys that one writer each writes to, and the last number in them
   * @param contended keys that all write to
   */
  public record DeviceState(
      String device,
      String space,
      String digest,
      String mergeDigest,
      Map<String, Ranges> entries,
      Map<String, Long> counters,
      Map<String, Contended> contended) {
    public DeviceState {
      entries = Map.copyOf(entries);
      counters = Map.copyOf(counters);
      contended = Map.copyOf(contended);
    }
  }

  /** Who won a contended key, with which of its writes. */
  public record Contended(String writer, long number) {}

  /** A space's log, in the order in which it came. */
  public record SpaceLog(String space, List<LogFile> files) {
    public SpaceLog {
      files = List.copyOf(files);
    }
  }

  /**
   * A file in the log.
   *
   * @param file FileId in hexadecimal
   * @param author DeviceId in hexadecimal
   * @param root of the tree of all files up to this one, in hexadecimal, as computed from them; empty of what has no place in it
   */
  public record LogFile(
      long sequence,
      String file,
      String author,
      long counter,
      long serverTimeMillis,
      String root) {}

  public Evidence {
    roster = List.copyOf(roster);
    writes = List.copyOf(writes);
    receipts = List.copyOf(receipts);
    heads = List.copyOf(heads);
    devices = List.copyOf(devices);
    logs = List.copyOf(logs);
  }
}
