package dev.sealift.ops.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is measured, each beside its floor: the least that the same work costs without Sealift, measured in the same round. A ratio says how
 * many times the floor it took, so lower is better throughout, whatever the unit.
 */
public enum BenchRow {
  LOCAL_WRITE("local-write", Unit.ROWS_A_SECOND, Budget.ratio(3), Floors.SQLITE),
  LOCAL_WRITE_ONE(
      "local-write-one",
      Unit.MICROSECONDS,
      Budget.ratio(3),
      "the same row upserted into SQLite in a transaction of its own"),
  UPLOAD("upload", Unit.ROWS_A_SECOND, Budget.ratio(2), Floors.SQLITE),
  FIRST_SYNC("first-sync", Unit.ROWS_A_SECOND, Budget.ratio(2), Floors.SQLITE),
  WIRE_BYTES("wire-bytes", Unit.BYTES_A_ROW, Budget.ratio(1), Floors.GZIP),
  FIRST_SYNC_AFTER_UPDATES(
      "first-sync-after-updates",
      Unit.ROWS_A_SECOND,
      Budget.NONE,
      "the rows upserted into SQLite, each once; every row was updated ten times"),
  WIRE_BYTES_AFTER_UPDATES(
      "wire-bytes-after-updates",
      Unit.BYTES_A_ROW,
      Budget.ratio(1.1),
      "the bytes a row for a new device before the ten updates"),
  STEP_AFTER_UPDATES(
      "step-after-updates",
      Unit.ROWS_A_SECOND,
      Budget.ratio(1.2),
      "the same rows without the updates"),
  STEP_BYTES_AFTER_UPDATES(
      "step-bytes-after-updates",
      Unit.BYTES_A_ROW,
      Budget.ratio(1.1),
      "the same rows without the updates"),
  COMPACTING(
      "compacting",
      Unit.EVENTS_A_SECOND,
      Budget.absolute(200_000),
      "the same rows read from SQLite by their keys and deflated as CSV, and as many bytes as their files have under AES-GCM"),
  COMPACTING_MEMORY("compacting-memory", Unit.MEBIBYTES, Budget.absolute(256), Floors.TENTH),
  PROPAGATION_P50(
      "propagation-p50",
      Unit.MILLISECONDS,
      Budget.ratio(2),
      "2 signatures, 3 verifications, 2 syncs of a file and a WebSocket round trip, one after another",
      Budget.absolute(3)),
  PROPAGATION_P99(
      "propagation-p99",
      Unit.MILLISECONDS,
      Budget.ratio(5),
      "propagation-p50 of the same round",
      Budget.absolute(20)),
  IDLE_CONNECTION(
      "idle-connection",
      Unit.BYTES,
      Budget.absolute(20_480),
      "the heap of an idle WebSocket of a bare Vert.x server"),
  GATEWAY_RESIDENT_MEMORY(
      "gateway-resident-memory",
      Unit.MEBIBYTES,
      Budget.absolute(Container.BYTES >> 20),
      "the resident memory of a bare Vert.x server with as many idle WebSockets",
      Needs.CLUSTER),
  ADMISSION_CORE(
      "admission-core",
      Unit.FILES_A_SECOND,
      Budget.ratio(1 / 0.8),
      "Ed25519 verifications a second of the same headers"),
  ADMISSION_GATEWAY("admission-gateway", Unit.MICROSECONDS_A_FILE, Budget.NONE, Floors.VERIFYING),
  ADMISSION_MERGE_ENGINE(
      "admission-merge-engine", Unit.MICROSECONDS_A_FILE, Budget.NONE, Floors.VERIFYING),
  ADMISSION_STORAGE_ADAPTER(
      "admission-storage-adapter", Unit.MICROSECONDS_A_FILE, Budget.NONE, Floors.VERIFYING),
  REVOKE("revoke", Unit.MILLISECONDS, Budget.absolute(1_000), Floors.SEALS),
  REVOKE_ADMITTED("revoke-admitted", Unit.MILLISECONDS, Budget.absolute(1_000), Floors.SEALS),
  RECEIPTS(
      "receipts",
      Unit.MILLISECONDS,
      Budget.absolute(1_000),
      "as many SHA-256 of 65 bytes as their paths have hashes, and an Ed25519 verification for each head"),
  POSTGRES_COMMIT(
      "postgres-commit", Unit.FILES_A_SECOND, Budget.ratio(2), Floors.INSERTS, Needs.POSTGRES),
  POSTGRES_COMMIT_LARGE(
      "postgres-commit-large",
      Unit.MEGABYTES_A_SECOND,
      Budget.ratio(2),
      Floors.INSERTS,
      Needs.POSTGRES),
  MEMORY_WRITE("memory-write", Unit.MEBIBYTES, Budget.ratio(1.5), Floors.TENTH),
  MEMORY_FIRST_SYNC("memory-first-sync", Unit.MEBIBYTES, Budget.ratio(1.5), Floors.TENTH),
  MEMORY_MESH("memory-mesh", Unit.MEBIBYTES, Budget.ratio(1.5), Floors.TENTH);

  private final String text;
  private final Unit unit;
  private final Budget budget;
  private final String floor;
  private final Budget inCluster;
  private final Needs needs;

  BenchRow(String text, Unit unit, Budget budget, String floor) {
    this(text, unit, budget, floor, budget, Needs.NOTHING);
  }

  BenchRow(String text, Unit unit, Budget budget, String floor, Budget inCluster) {
    this(text, unit, budget, floor, inCluster, Needs.NOTHING);
  }

  BenchRow(String text, Unit unit, Budget budget, String floor, Needs needs) {
    this(text, unit, budget, floor, budget, needs);
  }

  BenchRow(String text, Unit unit, Budget budget, String floor, Budget inCluster, Needs needs) {
    this.text = text;
    this.unit = unit;
    this.budget = budget;
    this.floor = floor;
    this.inCluster = inCluster;
    this.needs = needs;
  }

  /** What a row can be measured with alone. */
  private enum Needs {
    NOTHING(""),
    POSTGRES("--store postgres"),
    CLUSTER("--cluster");

    private final String option;

    Needs(String option) {
      this.option = option;
    }
  }

  /** What a figure is counted in. */
  public enum Unit {
    ROWS_A_SECOND("rows/s", true),
    FILES_A_SECOND("files/s", true),
    EVENTS_A_SECOND("events/s", true),
    MEGABYTES_A_SECOND("MB/s", true),
    MILLISECONDS("ms", false),
    MICROSECONDS("µs", false),
    MICROSECONDS_A_FILE("processor µs/file", false),
    BYTES_A_ROW("bytes/row", false),
    BYTES("bytes", false),
    MEBIBYTES("MiB", false);

    private final String text;
    private final boolean rate;

    Unit(String text, boolean rate) {
      this.text = text;
      this.rate = rate;
    }

    public String text() {
      return text;
    }

    /** How many times the floor's cost a value is. */
    double ratio(double value, double floor) {
      return rate ? floor / value : value / floor;
    }

    /** Whether more of it is better. */
    public boolean isRate() {
      return rate;
    }

    /** Whether a value is no worse than another. */
    boolean keeps(double value, double bound) {
      return rate ? value >= bound : value <= bound;
    }
  }

  /**
   * What a figure should keep to. At most one of the two is there.
   *
   * @param ratio to the floor, at most
   * @param absolute in the row's unit, at most; of a rate, at least
   */
  public record Budget(OptionalDouble ratio, OptionalDouble absolute) {
    static final Budget NONE = new Budget(OptionalDouble.empty(), OptionalDouble.empty());

    static Budget ratio(double most) {
      return new Budget(OptionalDouble.of(most), OptionalDouble.empty());
    }

    static Budget absolute(double bound) {
      return new Budget(OptionalDouble.empty(), OptionalDouble.of(bound));
    }
  }

  /** Floors that several rows have. */
  private static final class Floors {
    static final String SQLITE =
        "the same rows upserted into SQLite: text key, 10,000 rows a transaction, WAL, every commit synced";
    static final String GZIP = "the same rows as CSV under gzip";
    static final String VERIFYING = "one Ed25519 verification";
    static final String INSERTS =
        "the same bytes inserted into a plain table with a key: array parameters, the same transactions, connections and client";
    static final String SEALS = "a key of 32 bytes sealed by HPKE 1,000 times";
    static final String TENTH = "the same with a tenth of those rows";
  }

  /** As it stands in the output: {@code first-sync}. */
  public String text() {
    return text;
  }

  public Unit unit() {
    return unit;
  }

  /** @param cluster whether each verticle of the mesh has a process of its own */
  public Budget budget(boolean cluster) {
    return cluster ? inCluster : budget;
  }

  /** What its floor is, for people. */
  public String floor() {
    return floor;
  }

  /** Whether a run with these options can measure it. */
  public boolean isMeasured(BenchPlan.Store store, boolean cluster) {
    return switch (needs) {
      case NOTHING -> true;
      case POSTGRES -> store == BenchPlan.Store.POSTGRES;
      case CLUSTER -> cluster;
    };
  }

  /** The option without which it is not measured; empty for none. */
  public String needs() {
    return needs.option;
  }

  public static Optional<BenchRow> of(String text) {
    return Arrays.stream(values()).filter(row -> row.text.equals(text)).findFirst();
  }

  public static List<String> texts() {
    return Arrays.stream(values()).map(BenchRow::text).toList();
  }
}
