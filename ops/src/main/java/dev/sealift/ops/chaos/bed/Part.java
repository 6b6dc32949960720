package dev.sealift.ops.chaos.bed;

/** What a node of the test does. */
public enum Part {
  GATEWAY("gateway", true),
  MERGE_ENGINE("merge-engine", true),
  STORAGE_ADAPTER("storage-adapter", true),
  POSTGRES("postgres", false),
  /** Between devices and gateways: a load balancer. */
  FRONT("front", false),
  /** Between storage-adapters and PostgreSQL. */
  DATABASE_PATH("database-path", false),
  DEVICES("devices", false);

  private final String text;
  private final boolean mesh;

  Part(String text, boolean mesh) {
    this.text = text;
    this.mesh = mesh;
  }

  /** The name in options and events, such as merge-engine. */
  public String text() {
    return text;
  }

  /** Whether it is a process of the mesh, of which there are several. */
  public boolean isMesh() {
    return mesh;
  }
}
