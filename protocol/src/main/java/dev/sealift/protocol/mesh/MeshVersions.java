package dev.sealift.protocol.mesh;

import java.util.Collection;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The versions of the messages between verticles that a process speaks, without gaps. Fields and enum values may be added within a
 * version: who does not know them passes them over. A version rises when a message means something else, or something that was
 * not needed is; the process that knows it goes on speaking the one before, because old and new run side by side.
 *
 * <p>Every message says in its {@link #HEADER} which version it is of: the newest one that all members of the cluster speak.
 */
public record MeshVersions(int oldest, int newest) {
  /** A header of the event bus: a decimal number. */
  public static final String HEADER = "sealift-mesh";

  /** What this code speaks. */
  public static final MeshVersions SPOKEN = new MeshVersions(1, 1);

  public MeshVersions {
    if (oldest < 1 || newest < oldest) {
      throw new IllegalArgumentException("versions count from 1, the oldest first");
    }
  }

  /** Reads what {@link #toString} writes. Empty for any other text. */
  public static Optional<MeshVersions> parse(String text) {
    String[] ends = text.split("-", -1);
    if (ends.length != 2 || !isNumber(ends[0]) || !isNumber(ends[1])) {
      return Optional.empty();
    }
    int oldest = Integer.parseInt(ends[0]);
    int newest = Integer.parseInt(ends[1]);
    return oldest < 1 || newest < oldest
        ? Optional.empty()
        : Optional.of(new MeshVersions(oldest, newest));
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,6}");
  }

  /** Whether a message with this header can be understood. */
  public boolean understand(String header) {
    return isNumber(header)
        && Integer.parseInt(header) >= oldest
        && Integer.parseInt(header) <= newest;
  }

  /** The newest version that all of these speak; empty when there is none. */
  public static OptionalInt common(Collection<MeshVersions> all) {
    int oldest = all.stream().mapToInt(MeshVersions::oldest).max().orElse(SPOKEN.oldest);
    int newest = all.stream().mapToInt(MeshVersions::newest).min().orElse(SPOKEN.newest);
    return oldest <= newest ? OptionalInt.of(newest) : OptionalInt.empty();
  }

  @Override
  public String toString() {
    return oldest + "-" + newest;
  }
}
