package dev.sealift.ops.plot;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Series over one horizontal axis.
 *
 * @param title what is on the vertical axis, with its unit
 * @param isLogarithmic whether that has equal steps for equal ratios; then every value below 1 stands at 1
 */
public record Panel(String title, boolean isLogarithmic, List<Series> series) {
  static final int WIDTH = 900;
  static final int HEIGHT = 260;
  private static final int LEFT = 80;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int BOTTOM = 30;
  private static final int TICKS = 5;
  private static final int LEGEND_STEP = 190;

  public Panel {
    series = List.copyOf(series);
  }

  /** Its elements, with the upper left corner at the origin. */
  String svg() {
    StringBuilder out = new StringBuilder();
    Scale x = new Scale(0, greatest(Series.Point::x), LEFT, WIDTH - RIGHT);
    Scale y = new Scale(
        0,
        Math.max(
            1,
            isLogarithmic
                ? Math.ceil(height(greatest(Series.Point::y)))
                : greatest(Series.Point::y)),
        HEIGHT - BOTTOM,
        TOP);
    text(out, LEFT, 16, "start", title, "#222222");
    axes(out, x, y);
    for (int i = 0; i < series.size(); i++) {
      text(
          out,
          LEFT + 200 + LEGEND_STEP * i,
          16,
          "start",
          series.get(i).name(),
          series.get(i).colour());
      draw(out, series.get(i), x, y);
    }
    return out.toString();
  }

  private record Scale(double least, double greatest, double from, double to) {
    double at(double value) {
      double share = greatest == least ? 0 : (value - least) / (greatest - least);
      return from + share * (to - from);
    }

    double tick(int i) {
      return least + (greatest - least) * i / TICKS;
    }
  }

  private double greatest(ToDoubleFunction<Series.Point> of) {
    return points().mapToDouble(of).max().orElse(1);
  }

  private Stream<Series.Point> points() {
    return series.stream().flatMap(one -> one.points().stream());
  }

  private double height(double value) {
    return isLogarithmic ? Math.log10(Math.max(1, value)) : value;
  }

  private void axes(StringBuilder out, Scale x, Scale y) {
    double ticks = isLogarithmic ? y.greatest() : TICKS;
    for (int i = 0; i <= ticks; i++) {
      double value = isLogarithmic ? i : y.tick(i);
      double at = y.at(value);
      line(out, LEFT, at, WIDTH - RIGHT, at);
      text(
          out,
          LEFT - 6,
          at + 4,
          "end",
          named(isLogarithmic ? Math.pow(10, value) : value),
          "#555555");
    }
    for (int i = 0; i <= TICKS; i++) {
      text(out, x.at(x.tick(i)), HEIGHT - 8, "middle", named(x.tick(i)), "#555555");
    }
  }

  private static String named(double value) {
    if (value >= 1_000_000) {
      return number(value / 1_000_000) + " M";
    }
    return value >= 1_000 ? number(value / 1_000) + " k" : number(value);
  }

  private void draw(StringBuilder out, Series one, Scale x, Scale y) {
    if (one.isLine()) {
      out.append("<polyline fill=\"none\" stroke-width=\"1.5\" stroke=\"")
          .append(one.colour())
          .append("\" points=\"");
      one.points()
          .forEach(point -> out.append(number(x.at(point.x())))
              .append(',')
              .append(number(y.at(height(point.y()))))
              .append(' '));
      out.append("\"/>\n");
      return;
    }
    one.points()
        .forEach(point -> out.append("<circle fill=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n"
            .formatted(
                one.colour(),
                number(x.at(point.x())),
                number(y.at(height(point.y()))),
                number(point.weight()))));
  }

  private static void line(StringBuilder out, double x1, double y1, double x2, double y2) {
    out.append("<line stroke=\"#dddddd\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
        .formatted(number(x1), number(y1), number(x2), number(y2)));
  }

  private static void text(
      StringBuilder out, double x, double y, String anchor, String words, String colour) {
    out.append(
        "<text font-family=\"sans-serif\" font-size=\"12\" fill=\"%s\" text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n"
            .formatted(colour, anchor, number(x), number(y), escaped(words)));
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** With one digit behind the point, if it is not 0. */
  private static String number(double value) {
    String digits = String.format(Locale.ROOT, "%.1f", value);
    return digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits;
  }
}
