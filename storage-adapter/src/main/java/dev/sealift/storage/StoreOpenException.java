package dev.sealift.storage;

import org.jspecify.annotations.Nullable;

/** Why a store could not be opened. The message is for the operator and ends with what to do. */
public abstract sealed class StoreOpenException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  private StoreOpenException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Stable, for machines. */
  public final String code() {
    return code;
  }

  /** Another storage-adapter holds the store. */
  public static final class InUse extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public InUse(String store, String holder) {
      super(
          "store-in-use",
          "The store %s is in use by %s. Stop that storage-adapter, or give this one another --data directory."
              .formatted(store, holder),
          null);
    }
  }

  /** A newer Sealift has written the store. */
  public static final class NewerVersion extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    private final int found;
    private final int known;

    public NewerVersion(String store, int found, int known) {
      super(
          "store-newer-version",
          "The store %s has schema version %d, and this Sealift knows versions up to %d. Start the newer Sealift that wrote it."
              .formatted(store, found, known),
          null);
      this.found = found;
      this.known = known;
    }

    public int found() {
      return found;
    }

    public int known() {
      return known;
    }
  }

  /** A store is to be made where there is one. */
  public static final class Exists extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public Exists(String store) {
      super(
          "store-exists",
          "There is a store %s already. To put another in its place, restore with --replace, which keeps the old one; else choose another --data directory."
              .formatted(store),
          null);
    }
  }

  /** What SQLite would read as part of the store lies beside the place where no store is: it belongs to one that was here. */
  public static final class Remains extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public Remains(String store, String remains) {
      super(
          "store-remains",
          "There is no store %s, but %s of one that was there before, which would damage another and may hold acknowledged files. Put its store back beside it; if that is gone for good, move %s away."
              .formatted(store, remains, remains),
          null);
    }
  }

  /** A restore was cut off before the store that it made, or was to make, had its place. */
  public static final class HalfRestored extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public HalfRestored(String store, String left) {
      super(
          "store-half-restored",
          "There is no store %s, since a restore was cut off: %s is left of it. Run sealift restore --replace with the copy again, which finishes it; to do without, move %s away."
              .formatted(store, left, left),
          null);
    }
  }

  /** The schema is older than this Sealift can work with, or there is none yet. */
  public static final class NeedsMigration extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public NeedsMigration(String store, int found, int needed) {
      super(
          "store-needs-migration",
          "The store %s has schema version %d, and this Sealift needs %d at least. Run: sealift migrate --store %s"
              .formatted(store, found, needed, store),
          null);
    }
  }

  /** The server would answer commits that a crash may take back. */
  public static final class NotDurable extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public NotDurable(String store, String setting, String value) {
      super(
          "store-not-durable",
          "The store %s runs with %s = %s, so that a crash may take back what was acknowledged. Set it to on."
              .formatted(store, setting, value),
          null);
    }
  }

  /** The database server cannot be reached, or none of its hosts takes writes. */
  public static final class Unreachable extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public Unreachable(String store, Throwable cause) {
      super(
          "store-unreachable",
          "The store %s cannot be reached: %s. Check host, port, TLS and that one of its servers takes writes."
              .formatted(store, reason(cause)),
          cause);
    }

    private static String reason(Throwable cause) {
      return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
  }

  /** Storage-adapters run on the store, and what is to be done needs that none does. */
  public static final class StillServed extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public StillServed(String store, Throwable cause) {
      super(
          "store-still-served",
          "Storage-adapters still serve the store %s. Stop all of them, run this again, and start them then."
              .formatted(store),
          cause);
    }
  }

  /** The database server refuses user, password or rights. */
  public static final class Denied extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public Denied(String store, Throwable cause) {
      super(
          "store-denied",
          "The store %s denies access. Check the user in the URL, the file of --store-password-file, and the user's rights."
              .formatted(store),
          cause);
    }
  }

  /** A database that is somebody else's, or that was changed by hand. */
  public static final class Foreign extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public Foreign(String store, Throwable cause) {
      super(
          "store-foreign",
          "The database %s has tables that are not a Sealift store's, or not as Sealift made them. Give Sealift a database of its own."
              .formatted(store),
          cause);
    }
  }

  /** A space of the store has had as many incarnations as devices take: after one more restoration it could not go on. */
  public static final class RestoredTooOften extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public RestoredTooOften(String store, int most) {
      super(
          "store-restored-too-often",
          "A space of the store %s has begun anew after %d restorations, and devices take no more. Begin with an empty store (recover --empty), which devices fill with what they hold."
              .formatted(store, most),
          null);
    }
  }

  /** The file is damaged, or was never a Sealift store. */
  public static final class Damaged extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public Damaged(String store, Throwable cause) {
      super(
          "store-damaged",
          "The file %s is not a readable Sealift store. Restore it from a backup, or move it away to start with an empty store."
              .formatted(store),
          cause);
    }
  }

  /** The directory or the file cannot be read and written. */
  public static final class Inaccessible extends StoreOpenException {
    private static final long serialVersionUID = 1L;

    public Inaccessible(String store, Throwable cause) {
      super(
          "store-inaccessible",
          "The store %s cannot be opened for reading and writing. Check that its directory exists, has free space and belongs to this user."
              .formatted(store),
          cause);
    }
  }
}
