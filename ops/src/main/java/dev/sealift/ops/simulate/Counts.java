package dev.sealift.ops.simulate;

/**
 * What a run, or many, went through.
 *
 * @param events cells written, rows removed and losers dismissed
 * @param files admitted
 * @param crashes of devices and of the mesh
 * @param partitions and other faults of the network: connections cut or gone silent, devices and mesh apart
 */
public record Counts(long events, long files, long crashes, long partitions) {
  public static final Counts NONE = new Counts(0, 0, 0, 0);

  Counts plus(Counts other) {
    return new Counts(
        events + other.events,
        files + other.files,
        crashes + other.crashes,
        partitions + other.partitions);
  }
}
