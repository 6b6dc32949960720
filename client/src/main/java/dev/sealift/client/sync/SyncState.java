package dev.sealift.client.sync;

/** How the exchange with the mesh stands. */
public enum SyncState {
  /** Not connected, and not trying. */
  OFFLINE,
  /** Trying to connect, or waiting to try again. */
  CONNECTING,
  /** Connected, with something still to get or to send. */
  SYNCING,
  /** Connected; everything known is exchanged. */
  UP_TO_DATE,
  /** Stopped for a reason that does not go away by itself: see the error. */
  STOPPED
}
