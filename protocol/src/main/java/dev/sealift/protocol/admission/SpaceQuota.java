package dev.sealift.protocol.admission;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Quota;

/**
 * What one space may have. In a token 0 leaves a bound to the mesh; {@link #or} puts the mesh's own in its place.
 *
 * @param storedBytes headers and payloads that the mesh keeps
 * @param storedFiles sequences in the log, those of reclaimed files too
 * @param connections at one gateway
 * @param deviceConnections of one device, at one gateway
 * @param bytesPerSecond new headers and payloads, on the long run
 * @param filesPerSecond new files, on the long run
 * @param deviceBytesPerSecond messages that one connection brings
 * @param deviceFramesPerSecond frames that one connection brings
 */
public record SpaceQuota(
    long storedBytes,
    long storedFiles,
    long connections,
    long deviceConnections,
    long bytesPerSecond,
    long filesPerSecond,
    long deviceBytesPerSecond,
    long deviceFramesPerSecond) {

  /** Leaves everything to the mesh. */
  public static final SpaceQuota UNSAID = new SpaceQuota(0, 0, 0, 0, 0, 0, 0, 0);

  public SpaceQuota {
    requireBound(storedBytes);
    requireBound(storedFiles);
    requireBound(connections);
    requireBound(deviceConnections);
    requireBound(bytesPerSecond);
    requireBound(filesPerSecond);
    requireBound(deviceBytesPerSecond);
    requireBound(deviceFramesPerSecond);
  }

  private static void requireBound(long value) {
    if (value < 0 || value >= Limits.MAX_SEQUENCE) {
      throw new IllegalArgumentException("a bound is 0 to 2^62 - 1");
    }
  }

  static SpaceQuota parse(Quota quota) throws FormatException {
    try {
      return new SpaceQuota(
          quota.getStoredBytes(),
          quota.getStoredFiles(),
          Integer.toUnsignedLong(quota.getConnections()),
          Integer.toUnsignedLong(quota.getDeviceConnections()),
          quota.getBytesPerSecond(),
          quota.getFilesPerSecond(),
          quota.getDeviceBytesPerSecond(),
          quota.getDeviceFramesPerSecond());
    } catch (IllegalArgumentException e) {
      throw new FormatException("a token's bound is out of range", e);
    }
  }

  /** Reads what another part of the mesh says of a space. */
  public static SpaceQuota ofMesh(Quota quota) throws FormatException {
    return parse(quota);
  }

  /** Bounds of connections beyond 32 bits are said as the largest number that there is room for. */
  public Quota toProto() {
    return Quota.newBuilder()
        .setStoredBytes(storedBytes)
        .setStoredFiles(storedFiles)
        .setConnections(unsigned(connections))
        .setDeviceConnections(unsigned(deviceConnections))
        .setBytesPerSecond(bytesPerSecond)
        .setFilesPerSecond(filesPerSecond)
        .setDeviceBytesPerSecond(deviceBytesPerSecond)
        .setDeviceFramesPerSecond(deviceFramesPerSecond)
        .build();
  }

  private static int unsigned(long value) {
    return (int) Math.min(value, 0xffff_ffffL);
  }

  /** Every bound that is not said here is taken from {@code other}. */
  public SpaceQuota or(SpaceQuota other) {
    return new SpaceQuota(
        or(storedBytes, other.storedBytes),
        or(storedFiles, other.storedFiles),
        or(connections, other.connections),
        or(deviceConnections, other.deviceConnections),
        or(bytesPerSecond, other.bytesPerSecond),
        or(filesPerSecond, other.filesPerSecond),
        or(deviceBytesPerSecond, other.deviceBytesPerSecond),
        or(deviceFramesPerSecond, other.deviceFramesPerSecond));
  }

  private static long or(long said, long otherwise) {
    return said == 0 ? otherwise : said;
  }
}
