package dev.sealift.client.pack;

/**
 * A payload in a format that is newer than this program. It is no fault of its author: the device
 * keeps the file, stops advancing its position for that collection, and says that it wants an
 * update.
 */
public final class UnknownPayloadVersionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final long version;

  public UnknownPayloadVersionException(long version) {
    super("a payload has version " + version + ", which is newer than this program; update it");
    this.version = version;
  }

  public long version() {
    return version;
  }
}
