package dev.sealift.ops.plot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.plot.Series.Point;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PlotTest {
  private static final List<Point> POINTS =
      List.of(new Point(0, 1, 2), new Point(5, 100, 2), new Point(10, 10_000, 2));

  private static Document plot(Panel... panels) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(Plot.svg(List.of(panels)))));
  }

  private static double[][] line(Document document, int which) {
    String points = ((Element) document.getElementsByTagName("polyline").item(which))
        .getAttribute("points")
        .trim();
    return List.of(points.split(" ")).stream()
        .map(pair -> new double[] {
          Double.parseDouble(pair.split(",")[0]), Double.parseDouble(pair.split(",")[1])
        })
        .toArray(double[][]::new);
  }

  @Test
  void equalRatiosAreEqualStepsOfALogarithmicPanel() throws Exception {
    double[][] line =
        line(plot(new Panel("files", true, List.of(Series.line("a", "red", POINTS)))), 0);

    assertThat(line[1][0] - line[0][0]).isEqualTo(line[2][0] - line[1][0]);
    assertThat(line[0][1] - line[1][1]).isEqualTo(line[1][1] - line[2][1]).isPositive();
  }

  @Test
  void equalDifferencesAreEqualStepsOfALinearPanel() throws Exception {
    double[][] line =
        line(plot(new Panel("files", false, List.of(Series.line("a", "red", POINTS)))), 0);

    assertThat((line[0][1] - line[2][1]) / (line[0][1] - line[1][1])).isBetween(99.0, 104.0);
  }

  @Test
  void aDotStandsForEachPointAndWordsAreEscaped() throws Exception {
    Document document = plot(
        new Panel("<files> & more", false, List.of(Series.dots("a", "red", POINTS))),
        new Panel("bytes", true, List.of(Series.line("b", "blue", POINTS))));

    NodeList dots = document.getElementsByTagName("circle");
    assertThat(dots.getLength()).isEqualTo(3);
    assertThat(document.getElementsByTagName("text").item(0).getTextContent())
        .isEqualTo("<files> & more");
    assertThat(document.getElementsByTagName("g").getLength()).isEqualTo(2);
  }
}
