package dev.sealift.client;

import dev.sealift.client.store.StoreKey;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a space's file of keys holds: those of this device and, if the store is encrypted, the store's. Prints nothing of them.
 *
 * <pre>
 * store in clear     seal("device keys", device keys (64))
 * store encrypted    seal("device and store keys", stage (1) ‖ device keys (64) ‖ store key (32))
 * stage              1: the store is encrypted; 0: it is to be, and may be in clear still
 * </pre>
 *
 * <p>Both keys are one secret, so that nobody who can write to the disk takes the store's away and puts a store in clear in its
 * place.
 */
final class SpaceKeys {
  private static final String DEVICE = "device keys";
  private static final String DEVICE_AND_STORE = "device and store keys";
  private static final int DEVICE_BYTES = 64;
  private static final int BYTES = 1 + DEVICE_BYTES + StoreKey.BYTES;
  private static final byte TO_BE_ENCRYPTED = 0;
  private static final byte ENCRYPTED = 1;

  private final DeviceKeyPair device;
  private final @Nullable StoreKey store;
  private final boolean settled;

  private SpaceKeys(DeviceKeyPair device, @Nullable StoreKey store, boolean settled) {
    this.device = device;
    this.store = store;
    this.settled = settled;
  }

  /** For a store in clear. */
  static SpaceKeys ofClear(DeviceKeyPair device) {
    return new SpaceKeys(device, null, true);
  }

  /** For a store that is encrypted from its first byte on. */
  static SpaceKeys ofEncrypted(DeviceKeyPair device) {
    return new SpaceKeys(device, StoreKey.generate(), true);
  }

  /** For the same store, which is to be encrypted under a new key. */
  SpaceKeys toBeEncrypted() {
    return new SpaceKeys(device, StoreKey.generate(), false);
  }

  /** For the same store, which has been encrypted. */
  SpaceKeys encrypted() {
    return new SpaceKeys(device, store, true);
  }

  byte[] seal(Vault vault) {
    if (store == null) {
      return vault.seal(DEVICE, device.secret());
    }
    byte[] secret = new byte[BYTES];
    secret[0] = settled ? ENCRYPTED : TO_BE_ENCRYPTED;
    System.arraycopy(device.secret(), 0, secret, 1, DEVICE_BYTES);
    System.arraycopy(store.secret(), 0, secret, 1 + DEVICE_BYTES, StoreKey.BYTES);
    return vault.seal(DEVICE_AND_STORE, secret);
  }

  /**
   * @throws dev.sealift.client.error.SealiftException {@code STORE_DAMAGED} when they were not sealed in this vault
   * @throws FormatException when they were sealed by something else than this
   */
  static SpaceKeys open(Vault vault, byte[] sealed) throws FormatException {
    if (sealed.length <= DEVICE_BYTES + Vault.SEALING_OVERHEAD) {
      return ofClear(DeviceKeyPair.of(vault.open(DEVICE, sealed)));
    }
    byte[] secret = vault.open(DEVICE_AND_STORE, sealed);
    if (secret.length != BYTES || secret[0] < TO_BE_ENCRYPTED || secret[0] > ENCRYPTED) {
      throw new FormatException("these are no keys of a space");
    }
    return new SpaceKeys(
        DeviceKeyPair.of(Arrays.copyOfRange(secret, 1, 1 + DEVICE_BYTES)),
        StoreKey.of(Arrays.copyOfRange(secret, 1 + DEVICE_BYTES, BYTES)),
        secret[0] == ENCRYPTED);
  }

  DeviceKeyPair device() {
    return device;
  }

  /** Empty for a store in clear. */
  Optional<StoreKey> store() {
    return Optional.ofNullable(store);
  }

  /** Whether the store is as these keys say. If not, it is to be encrypted, or has just been. */
  boolean isSettled() {
    return settled;
  }
}
