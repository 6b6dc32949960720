package dev.sealift.ops.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows under headings, each column as wide as its widest cell. Cells are made printable here. */
public final class TextTable {
  /** A longer cell is cut: one text of a megabyte must not make every line as wide. */
  private static final int MAX_CELL_CHARACTERS = 60;

  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(List<String> headings) {
    add(headings);
  }

  public void add(List<String> cells) {
    rows.add(cells.stream().map(TextTable::fit).toList());
  }

  /** The table, a line each, headings first and a rule below them. */
  public List<String> lines() {
    int[] widths = IntStream.range(0, rows.get(0).size())
        .map(column ->
            rows.stream().mapToInt(row -> width(row.get(column))).max().orElse(0))
        .toArray();
    List<String> lines =
        new ArrayList<>(rows.stream().map(row -> line(row, widths)).toList());
    lines.add(1, IntStream.of(widths).mapToObj("-"::repeat).collect(Collectors.joining("  ")));
    return lines;
  }

  private static String line(List<String> cells, int[] widths) {
    return IntStream.range(0, cells.size())
        .mapToObj(i -> cells.get(i) + " ".repeat(widths[i] - width(cells.get(i))))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String fit(String text) {
    String shown = Printable.of(text);
    if (width(shown) <= MAX_CELL_CHARACTERS) {
      return shown;
    }
    return shown.substring(0, shown.offsetByCodePoints(0, MAX_CELL_CHARACTERS - 1)) + "…";
  }
}
