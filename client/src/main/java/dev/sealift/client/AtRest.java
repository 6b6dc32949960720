package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Driver;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.PrivateFiles;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/**
 * How the stores of a home lie on the disk: encrypted, each under a key of its own, if the home has a passphrase and the driver encrypts.
 * A store in clear of such a home is encrypted before it is opened:
 *
 * <pre>
 *                 NAME.keys has               NAME.db is
 * in clear        no key for it               in clear
 * to be           a key, and says "to be"     in clear, until the encrypted copy takes its name
 * encrypted       a key                       encrypted
 * </pre>
 *
 * <p>Each step is on the disk before the next, so a process that dies anywhere leaves one of these, and the next one goes on from it; what it
 * had of a copy is made anew. Not safe for use by several threads.
 */
final class AtRest {
  private final Vault vault;
  private final Driver driver;

  AtRest(Vault vault, Driver driver) {
    this.vault = vault;
    this.driver = driver;
  }

  /** For a space that is new in this home. */
  SpaceKeys newKeys() {
    return newKeys(DeviceKeyPair.generate());
  }

  SpaceKeys newKeys(DeviceKeyPair device) {
    return isWanted() ? SpaceKeys.ofEncrypted(device) : SpaceKeys.ofClear(device);
  }

  private boolean isWanted() {
    return vault.hasPassphrase() && driver.encrypts();
  }

  /** Under which the store that these keys are for is opened. */
  Driver driver(SpaceKeys keys) {
    return keys.store().map(driver::withKey).orElse(driver);
  }

  void write(SpaceFiles files, SpaceKeys keys) throws IOException {
    PrivateFiles.writeAtomically(files.keys(), keys.seal(vault));
  }

  /**
   * A space's keys, its store being as they say when this returns. That takes a moment, but for a store that is encrypted now: then as long as copying it, and as
   * much room as it has beside it.
   *
   * @throws SealiftException {@code STORE_DAMAGED}, {@code STORE_FAILED}
   * @throws dev.sealift.client.store.StoreException as {@link Driver#withKey} and {@link Driver#encrypt}
   */
  SpaceKeys settle(SpaceFiles files) throws IOException {
    SpaceKeys keys = read(files);
    if (keys.store().isEmpty()) {
      if (!isWanted()) {
        return keys;
      }
      keys = keys.toBeEncrypted();
      write(files, keys);
    }
    if (keys.isSettled()) {
      requireNotReplaced(files);
      return keys;
    }
    SpaceKeys settled = keys.encrypted();
    encrypt(files, driver(keys));
    write(files, settled);
    return settled;
  }

  private SpaceKeys read(SpaceFiles files) throws IOException {
    try {
      return SpaceKeys.open(vault, Files.readAllBytes(files.keys()));
    } catch (NoSuchFileException | FormatException e) {
      throw new SealiftException(
          ErrorCode.STORE_DAMAGED,
          "The keys of this space are lost or damaged. Restore the home from a backup.",
          e);
    }
  }

  /** One without a byte would be taken for a store that is new. */
  private static void requireNotReplaced(SpaceFiles files) throws IOException {
    if (files.isDbInClear() || Files.size(files.db()) == 0) {
      throw new SealiftException(
          ErrorCode.STORE_DAMAGED,
          "The database of this space is not the one that was there: that one was encrypted. Restore the home from a backup.");
    }
  }

  private static void encrypt(SpaceFiles files, Driver under) throws IOException {
    if (!files.isDbInClear()) {
      requireNotReplaced(files);
      under.openReader(files.db()).close(); // the copy that took its name, and nothing else
      return;
    }
    files.deleteNewDb();
    PrivateFiles.open(files.newDb()).close();
    try {
      under.encrypt(files.db(), files.newDb());
    } catch (RuntimeException e) {
      files.deleteNewDb(); // for want of room, perhaps
      throw e;
    }
    files.useNewDb();
  }
}
