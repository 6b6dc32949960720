package dev.sealift.storage;

/** Opens a store. Blocks, so the verticle calls it on a worker thread. */
@FunctionalInterface
public interface FileStoreOpener {
  FileStore open() throws StoreOpenException;
}
