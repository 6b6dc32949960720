package dev.sealift.protocol.mesh;

/** Where on the event bus the verticles reach one another. Bodies are the protobuf messages of {@code mesh.proto}. */
public final class Addresses {
  // Any storage-adapter answers these: they take turns.
  public static final String LOAD_SPACE = "sealift.store.load-space";
  public static final String LOOK_UP = "sealift.store.look-up";
  public static final String READ = "sealift.store.read";
  public static final String OUTLINE = "sealift.store.outline";
  public static final String ENTRIES = "sealift.store.entries";
  public static final String COMPACTIONS = "sealift.store.compactions";
  public static final String POSITIONS = "sealift.store.positions";
  public static final String SIGNED_POSITIONS = "sealift.store.signed-positions";
  public static final String RECLAIM = "sealift.store.reclaim";
  public static final String EXPIRE = "sealift.store.expire";
  public static final String SPACES = "sealift.store.spaces";
  public static final String DEVICES = "sealift.store.devices";

  /** Published to every gateway and compactor. */
  public static final String SPACE_ADVANCED = "sealift.space-advanced";

  /** Published to every merge-engine, gateway and compactor. */
  public static final String ENGINE_TIME = "sealift.engine-time";

  /** Published to every gateway. */
  public static final String PRESENCE = "sealift.presence";

  private Addresses() {}

  /** Where one storage-adapter keeps payloads until they are committed there. */
  public static String stage(String storeId) {
    return "sealift.store." + storeId + ".stage";
  }

  /** Where one storage-adapter commits what was staged there. */
  public static String commit(String storeId) {
    return "sealift.store." + storeId + ".commit";
  }

  /** Where one merge-engine admits files. */
  public static String admit(String engineId) {
    return "sealift.engine." + engineId + ".admit";
  }

  /** Where one merge-engine says whether a device may connect. */
  public static String authorize(String engineId) {
    return "sealift.engine." + engineId + ".authorize";
  }

  /** Where one gateway takes offers for devices that are connected there. */
  public static String offer(String gatewayId) {
    return "sealift.gateway." + gatewayId + ".offer";
  }

  /** Where one compactor hears who is there. */
  public static String presence(String compactorId) {
    return "sealift.compactor." + compactorId + ".presence";
  }

  /** Where one compactor says how compacting a space stands. */
  public static String inspect(String compactorId) {
    return "sealift.compactor." + compactorId + ".inspect";
  }
}
