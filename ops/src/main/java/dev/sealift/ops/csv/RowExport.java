package dev.sealift.ops.csv;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.sealift.client.store.QueryResult;
import dev.sealift.ops.terminal.Values;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes rows to a stream: every one of a result, in its order. */
public enum RowExport {
  CSV {
    @Override
    long write(QueryResult rows, Writer out) throws IOException {
      CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out);
      csv.writeRecord(rows.columns());
      long written = 0;
      while (rows.next()) {
        csv.writeRecord(rows.row().stream().map(Values::field).toList());
        written++;
      }
      csv.flush();
      return written;
    }
  },
  JSONL {
    @Override
    long write(QueryResult rows, Writer out) throws IOException {
      List<String> columns = rows.columns();
      long written = 0;
      while (rows.next()) {
        out.write(Values.json(columns, rows.row()).encode());
        out.write('\n');
        written++;
      }
      return written;
    }
  };

  abstract long write(QueryResult rows, Writer out) throws IOException;

  /** Writes in UTF-8 and flushes; the stream stays open. */
  public long write(QueryResult rows, OutputStream out) throws IOException {
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    try {
      long written = write(rows, writer);
      writer.flush();
      return written;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
