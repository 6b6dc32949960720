package dev.sealift.ops.bench;

import dev.sealift.client.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Made-up rows, written and then updated in passes: each pass changes one column of each row, in the order in which they were written. A device sends each piece as a file of its own. */
final class Edits {
  private final CompactingDevice writer;
  private final int pieceRows;

  /** @param pieceRows of a file */
  Edits(CompactingDevice writer, int pieceRows) {
    this.writer = writer;
    this.pieceRows = pieceRows;
  }

  /** @param pass 0 writes them whole */
  void pass(SampleRows rows, int pass) throws BenchFailedException, InterruptedException {
    while (rows.hasNext()) {
      List<Map.Entry<String, Row>> piece = piece(rows);
      if (pass == 0) {
        writer.put(piece);
      } else {
        writer.patch(piece.stream()
            .map(row -> Map.entry(row.getKey(), seen(row.getValue(), pass)))
            .toList());
      }
      writer.exchanged();
    }
  }

  private List<Map.Entry<String, Row>> piece(SampleRows rows) {
    List<Map.Entry<String, Row>> piece = new ArrayList<>();
    while (rows.hasNext() && piece.size() < pieceRows) {
      piece.add(rows.next());
    }
    return piece;
  }

  private static Row seen(Row row, int pass) {
    return Row.of("name", row.text("name").orElseThrow() + ", seen " + pass + " times");
  }
}
