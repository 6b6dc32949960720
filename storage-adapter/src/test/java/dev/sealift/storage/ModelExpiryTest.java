package dev.sealift.storage;

import java.time.InstantSource;

/** The model that other stores are compared with keeps the contract itself. */
class ModelExpiryTest extends ExpiryContract {
  private final ModelFileStore.Disk disk = new ModelFileStore.Disk();

  @Override
  protected FileStore open() {
    return new ModelFileStore(disk);
  }

  @Override
  protected void markRestored(InstantSource clock) throws StoreOpenException {
    disk.markRestored(clock);
  }
}
