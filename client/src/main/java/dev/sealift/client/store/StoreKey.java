package dev.sealift.client.store;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The key that one database file is encrypted under: random bytes, used as they are, so that opening a connection stretches nothing.
 * Prints nothing of them.
 */
public final class StoreKey {
  public static final int BYTES = 32;

  private final byte[] key;

  private StoreKey(byte[] owned) {
    this.key = owned;
  }

  public static StoreKey generate() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new StoreKey(key);
  }

  /**
   * Reads what {@link #secret} gave.
   *
   * @throws IllegalArgumentException when it is not {@value #BYTES} bytes long
   */
  public static StoreKey of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a store's key is 32 bytes long, not " + bytes.length);
    }
    return new StoreKey(bytes.clone());
  }

  /** The key itself, a copy: for a driver and for the vault, and for nothing else. */
  public byte[] secret() {
    return key.clone();
  }

  /** The key itself in hexadecimal digits, as drivers want it in a PRAGMA, which must get into no message and no log. */
  String hex() {
    return HexFormat.of().formatHex(key);
  }
}
