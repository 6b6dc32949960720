package dev.sealift.ops.bench;

import dev.sealift.client.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** How many bytes the same rows take as CSV under gzip: what they would be sent as in clear. */
final class GzipFloor {
  private GzipFloor() {}

  static double bytesPerRow(SampleRows rows) throws IOException {
    Counting packed = new Counting();
    long count = 0;
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(
          "id,name,country,region,district,latitude,longitude\n".getBytes(StandardCharsets.UTF_8));
      while (rows.hasNext()) {
        gzip.write(line(rows.next()).getBytes(StandardCharsets.UTF_8));
        count++;
      }
    }
    return (double) packed.bytes / count;
  }

  private static String line(Map.Entry<String, Row> entry) {
    Row row = entry.getValue();
    return String.join(
        ",",
        entry.getKey(),
        row.text("name").orElseThrow(),
        row.text("country").orElseThrow(),
        row.text("region").orElseThrow(),
        row.text("district").orElseThrow(),
        row.real("latitude").orElseThrow().toString(),
        row.real("longitude").orElseThrow() + "\n");
  }

  private static final class Counting extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] b, int offset, int length) {
      bytes += length;
    }
  }
}
