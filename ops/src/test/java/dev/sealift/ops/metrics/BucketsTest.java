package dev.sealift.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

class BucketsTest {
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  BucketsTest() {
    meters.config().meterFilter(new Buckets()).meterFilter(Buckets.anyProcess());
  }

  @Test
  void ourTimersHaveBucketsAtTheBudgets() {
    meters.timer("sealift.engine.commit");

    assertThat(meters.scrape())
        .contains("le=\"0.003\"", "le=\"0.02\"", "le=\"10.0\"", "le=\"+Inf\"");
    assertThat(meters.scrape().lines().filter(line -> line.contains("_bucket")).count())
        .isEqualTo(14);
  }

  @Test
  void summariesOfBytesHaveOtherBucketsThanThoseOfFiles() {
    meters.summary("sealift.storage.transaction.bytes");
    meters.summary("sealift.storage.transaction.files");

    assertThat(meters.scrape())
        .contains("transaction_bytes_bucket{le=\"1.6777216E7\"}")
        .contains("transaction_files_bucket{le=\"256.0\"}");
  }

  @Test
  void otherPeoplesTimersHaveNone() {
    meters.timer("vertx.http.server.response.time");

    assertThat(meters.scrape()).doesNotContain("_bucket");
  }

  @Test
  void noIdOfAProcessIsATag() {
    String id = "0f5c7e5a-1111-4222-8333-444455556666";
    meters.counter("vertx.eventbus.sent", "address", "sealift.engine." + id + ".admit");
    meters.counter("vertx.eventbus.sent", "address", "sealift.store." + id + ".stage");
    meters.counter("vertx.eventbus.sent", "address", "sealift.gateway." + id + ".offer");
    meters.counter("vertx.eventbus.sent", "address", "sealift.compactor." + id + ".presence");
    meters.counter("vertx.eventbus.sent", "address", "sealift.store.read");

    assertThat(meters.scrape())
        .contains(
            "address=\"sealift.engine.any.admit\"",
            "address=\"sealift.store.any.stage\"",
            "address=\"sealift.gateway.any.offer\"",
            "address=\"sealift.compactor.any.presence\"",
            "address=\"sealift.store.read\"")
        .doesNotContain(id);
  }
}
