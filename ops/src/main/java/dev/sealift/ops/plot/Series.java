package dev.sealift.ops.plot;

import java.util.List;

/**
 * Points of one kind, in one colour.
 *
 * @param name for the legend
 * @param colour as SVG has it
 * @param isLine whether they are joined; else each is a dot of its own
 */
public record Series(String name, String colour, boolean isLine, List<Point> points) {
  public Series {
    points = List.copyOf(points);
  }

  /** @param weight radius of a dot, in pixels; of no matter on a line */
  public record Point(double x, double y, double weight) {}

  public static Series line(String name, String colour, List<Point> points) {
    return new Series(name, colour, true, points);
  }

  public static Series dots(String name, String colour, List<Point> points) {
    return new Series(name, colour, false, points);
  }
}
