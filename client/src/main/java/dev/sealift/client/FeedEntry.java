package dev.sealift.client;

import dev.sealift.client.store.FeedLine;
import java.time.Instant;
import java.util.Optional;

/**
 * An entry of a feed.
 *
 * @param offset its place in the feed, from 1 on; 0 as long as the log does not have it
 * @param row empty when somebody has removed it all the same: its place stays
 * @param author the device that appended it
 * @param written when it was appended
 */
public record FeedEntry(
    long offset, String key, Optional<Row> row, String author, Instant written) {
  static FeedEntry of(FeedLine line) {
    return new FeedEntry(
        line.offset(),
        line.key(),
        line.row().map(Row::ofValues),
        line.device().toString(),
        Instant.ofEpochMilli(line.time().millis()));
  }
}
