package dev.sealift.ops.top;

import dev.sealift.ops.metrics.Exposition;
import dev.sealift.protocol.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Fetches what one process shows. Blocks, for a bounded time and a bounded number of bytes. */
final class Scraper {
  /** A process that needs longer for the first byte, or between two, is as good as gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** All of it: one that sends a byte now and then would keep the view from ever being drawn. */
  private static final Duration PATIENCE_IN_ALL = Duration.ofSeconds(6);

  private static final int CHUNK_BYTES = 1 << 16;
  private static final int OK = 200;

  private final URI metrics;

  Scraper(URI process) {
    this.metrics = process.resolve("/metrics");
  }

  /** What it shows now; failing with a sentence for people. */
  Exposition scrape() throws UnreachableException {
    try {
      return Exposition.parse(fetch());
    } catch (FormatException e) {
      throw new UnreachableException("what answers shows no metrics: " + e.getMessage());
    } catch (IOException e) {
      throw new UnreachableException("no answer (" + e.getClass().getSimpleName() + ")");
    }
  }

  private String fetch() throws IOException, UnreachableException {
    HttpURLConnection connection = (HttpURLConnection) metrics.toURL().openConnection();
    connection.setConnectTimeout((int) PATIENCE.toMillis());
    connection.setReadTimeout((int) PATIENCE.toMillis());
    connection.setInstanceFollowRedirects(false);
    try {
      int status = connection.getResponseCode();
      if (status != OK) {
        throw new UnreachableException("what answers shows no metrics: HTTP " + status);
      }
      try (InputStream body = connection.getInputStream()) {
        return read(body);
      }
    } finally {
      connection.disconnect();
    }
  }

  private static String read(InputStream body) throws IOException, UnreachableException {
    long deadline = System.nanoTime() + PATIENCE_IN_ALL.toNanos();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK_BYTES];
    for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
      text.write(chunk, 0, count);
      if (text.size() > Exposition.MAX_CHARACTERS || System.nanoTime() > deadline) {
        throw new UnreachableException("what answers does not come to an end");
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
