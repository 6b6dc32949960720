package dev.sealift.ops.chaos.bed;

/**
 * One process, or a few that belong together, in a network namespace of its own.
 *
 * @param name unique in a run, such as merge-engine-2; short enough for a namespace
 * @param host the last byte of its address
 */
public record Node(String name, Part part, int host) {
  /** Lives in namespaces alone, so it meets no other network. */
  static final String SUBNET = "10.213.77.";

  static final int SUBNET_BITS = 24;

  public String address() {
    return SUBNET + host;
  }

  @Override
  public String toString() {
    return name;
  }
}
