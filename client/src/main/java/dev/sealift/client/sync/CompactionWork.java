package dev.sealift.client.sync;

/** What a device does about compactions at a moment, and nothing else meanwhile. */
public enum CompactionWork {
  NONE,
  MAKING,
  COMPARING
}
