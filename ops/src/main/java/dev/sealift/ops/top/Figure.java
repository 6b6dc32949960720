package dev.sealift.ops.top;

import static dev.sealift.ops.top.Unit.BYTES;
import static dev.sealift.ops.top.Unit.BYTES_PER_SECOND;
import static dev.sealift.ops.top.Unit.COUNT;
import static dev.sealift.ops.top.Unit.PER_SECOND;
import static dev.sealift.ops.top.Unit.SECONDS;
import static dev.sealift.ops.top.Unit.SHARE;

import dev.sealift.ops.metrics.Interval;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A line of the view: where it stands, what it is called, and how it is reckoned. The names of metrics stand here and in the verticles
 * alone; a test holds each against a running mesh.
 *
 * @param part the verticle that it tells of, or the process
 */
record Figure(String part, String name, Unit unit, Function<Interval, OptionalDouble> reckoning) {
  static final String PROCESS = "process";
  static final String GATEWAY = "gateway";
  static final String ENGINE = "merge-engine";
  static final String STORAGE = "storage-adapter";

  private static final String REQUEST = "sealift_gateway_request_seconds";
  private static final String COMMIT = "sealift_engine_commit_seconds";
  private static final String ADMISSION = "sealift_engine_request_seconds";
  private static final String TRANSACTION = "sealift_storage_transaction_seconds";

  static final List<Figure> ALL = List.of(
      value(PROCESS, "heap", BYTES, "jvm_memory_used_bytes", "area", "heap"),
      value(PROCESS, "heap max", BYTES, "jvm_memory_max_bytes", "area", "heap"),
      // Not shown before the first collection.
      new Figure(
          PROCESS,
          "gc",
          SHARE,
          interval ->
              OptionalDouble.of(interval.rate("jvm_gc_pause_seconds_sum").orElse(0))),
      value(PROCESS, "cpu", SHARE, "process_cpu_usage"),
      value(PROCESS, "mesh members", COUNT, "sealift_mesh_members"),
      value(PROCESS, "mesh engines", COUNT, "sealift_mesh_engines"),
      value(GATEWAY, "connections", COUNT, "sealift_gateway_connections_open"),
      value(GATEWAY, "strangers", COUNT, "sealift_gateway_connections_strangers"),
      rate(GATEWAY, "frames in", PER_SECOND, "sealift_gateway_frames_total", "direction", "in"),
      rate(GATEWAY, "frames out", PER_SECOND, "sealift_gateway_frames_total", "direction", "out"),
      rate(GATEWAY, "bytes in", BYTES_PER_SECOND, "sealift_gateway_bytes_total", "direction", "in"),
      rate(
          GATEWAY,
          "bytes out",
          BYTES_PER_SECOND,
          "sealift_gateway_bytes_total",
          "direction",
          "out"),
      quantile(GATEWAY, "put p50", 0.5, REQUEST, "kind", "put"),
      quantile(GATEWAY, "put p99", 0.99, REQUEST, "kind", "put"),
      quantile(GATEWAY, "read p50", 0.5, REQUEST, "kind", "read"),
      quantile(GATEWAY, "read p99", 0.99, REQUEST, "kind", "read"),
      rate(GATEWAY, "refusals", PER_SECOND, "sealift_gateway_refusals_total"),
      rate(GATEWAY, "problems", PER_SECOND, "sealift_gateway_problems_total"),
      value(GATEWAY, "positions waiting", COUNT, "sealift_gateway_positions_waiting"),
      lag(GATEWAY),
      rate(
          ENGINE, "files admitted", PER_SECOND, "sealift_engine_files_total", "outcome", "receipt"),
      value(ENGINE, "files pending", COUNT, "sealift_engine_pending_files"),
      new Figure(
          ENGINE, "files a batch", COUNT, interval -> interval.mean("sealift_engine_batch_files")),
      quantile(ENGINE, "admission p50", 0.5, ADMISSION, "call", "admit"),
      quantile(ENGINE, "admission p99", 0.99, ADMISSION, "call", "admit"),
      quantile(ENGINE, "commit p50", 0.5, COMMIT),
      quantile(ENGINE, "commit p99", 0.99, COMMIT),
      value(ENGINE, "spaces loaded", COUNT, "sealift_engine_spaces_loaded"),
      value(ENGINE, "shards owned", COUNT, "sealift_mesh_shards_owned"),
      lag(ENGINE),
      rate(STORAGE, "transactions", PER_SECOND, TRANSACTION + "_count"),
      new Figure(
          STORAGE,
          "files a transaction",
          COUNT,
          interval -> interval.mean("sealift_storage_transaction_files")),
      quantile(STORAGE, "transaction p50", 0.5, TRANSACTION),
      quantile(STORAGE, "transaction p99", 0.99, TRANSACTION),
      rate(STORAGE, "bytes read", BYTES_PER_SECOND, "sealift_storage_read_bytes_total"),
      value(STORAGE, "writes waiting", COUNT, "sealift_storage_writes_waiting"),
      value(STORAGE, "reads waiting", COUNT, "sealift_storage_reads_waiting"),
      value(STORAGE, "staged", BYTES, "sealift_storage_staged_bytes"),
      lag(STORAGE));

  OptionalDouble of(Interval interval) {
    return reckoning.apply(interval);
  }

  /** Its name in JSON, such as {@code put_p50_seconds}. */
  String key() {
    return name.replace(' ', '_') + unit.suffix();
  }

  private static Figure value(
      String part, String name, Unit unit, String metric, String... labels) {
    return new Figure(part, name, unit, interval -> interval.value(metric, labels));
  }

  private static Figure rate(String part, String name, Unit unit, String metric, String... labels) {
    return new Figure(part, name, unit, interval -> interval.rate(metric, labels));
  }

  private static Figure quantile(
      String part, String name, double quantile, String metric, String... labels) {
    return new Figure(part, name, SECONDS, interval -> interval.quantile(quantile, metric, labels));
  }

  private static Figure lag(String part) {
    return quantile(part, "loop lag p99", 0.99, "sealift_loop_lag_seconds", "verticle", part);
  }
}
