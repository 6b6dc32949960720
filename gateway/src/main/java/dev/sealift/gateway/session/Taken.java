package dev.sealift.gateway.session;

/**
 * What a device has taken in of its subscription, and how long it took.
 *
 * @param reads how often that was measured
 */
public record Taken(long reads, long files, long millis) {
  public static final Taken NOTHING = new Taken(0, 0, 0);

  public Taken plus(Taken other) {
    return new Taken(reads + other.reads, files + other.files, millis + other.millis);
  }
}
