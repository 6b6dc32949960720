package dev.sealift.protocol.mesh;

/** Where on the event bus the verticles reach one another. Bodies are the protobuf messages of {@code mesh.proto}. */
public final class Addresses {
  public static final String STAGE = "sealift.store.stage";
  public static final String COMMIT = "sealift.store.commit";
  public static final String LOAD_SPACE = "sealift.store.load-space";
  public static final String LOOK_UP = "sealift.store.look-up";
  public static final String READ = "sealift.store.read";
  public static final String POSITIONS = "sealift.store.positions";
  public static final String RECLAIM = "sealift.store.reclaim";

  /** Published to every gateway. */
  public static final String SPACE_ADVANCED = "sealift.space-advanced";

  private Addresses() {}

  /** Where one merge-engine admits files. */
  public static String admit(String engineId) {
    return "sealift.engine." + engineId + ".admit";
  }

  /** Where one merge-engine says whether a device may connect. */
  public static String authorize(String engineId) {
    return "sealift.engine." + engineId + ".authorize";
  }
}
