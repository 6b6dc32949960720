package dev.sealift.storage;

/** The model that other stores are compared with keeps the contract itself. */
class ModelFileStoreTest extends FileStoreContract {
  private final ModelFileStore.Disk disk = new ModelFileStore.Disk();

  @Override
  protected FileStore open() {
    return new ModelFileStore(disk);
  }
}
