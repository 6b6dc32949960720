package dev.sealift.ops.simulate;

import dev.sealift.ops.plot.Panel;
import dev.sealift.ops.plot.Plot;
import dev.sealift.ops.plot.Series;
import dev.sealift.ops.plot.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The same years with compaction and without it. */
public record TwoHistories(SpaceHistory with, SpaceHistory without) {
  private static final String WITH = "#1f6fb4";
  private static final String HELD = "#3c9d57";
  private static final String WITHOUT = "#c8553d";

  /** Bytes of a generation that a dot of one pixel's radius stands for. */
  private static final double BYTES_PER_DOT = 10_000;

  /** Whether all devices agree, and show the same in both. */
  public boolean isEqual() {
    return with.equal() && without.equal() && with.visible().equals(without.visible());
  }

  /** As CSV, with a line for each day of each of the two. */
  public String table() {
    return Stream.concat(
            Stream.of("compaction,day,files,bytes,held_bytes,live_files,live_bytes,generations"),
            Stream.concat(
                with.samples().stream().map(sample -> line("with", sample)),
                without.samples().stream().map(sample -> line("without", sample))))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(String of, SpaceSample sample) {
    String generations = sample.live().stream()
        .map(one -> one.number() + ":" + one.files() + ":" + one.bytes())
        .collect(Collectors.joining(" "));
    return String.join(
        ",",
        of,
        "" + sample.day(),
        "" + sample.files(),
        "" + sample.bytes(),
        "" + sample.heldBytes(),
        "" + sample.liveFiles(),
        "" + sample.liveBytes(),
        generations);
  }

  /** As SVG: files, bytes and generations by day. */
  public String plot() {
    return Plot.svg(List.of(
        new Panel(
            "files that a new device fetches",
            true,
            List.of(
                line("with compaction", WITH, with, SpaceSample::liveFiles),
                line("without", WITHOUT, without, SpaceSample::liveFiles))),
        new Panel(
            "bytes",
            true,
            List.of(
                line("live, with compaction", WITH, with, SpaceSample::liveBytes),
                line("kept by the mesh", HELD, with, SpaceSample::heldBytes),
                line("without", WITHOUT, without, SpaceSample::heldBytes))),
        new Panel(
            "generations (area: bytes)",
            false,
            List.of(Series.dots("with compaction", WITH, generations())))));
  }

  private static Series line(
      String name, String colour, SpaceHistory of, ToDoubleFunction<SpaceSample> what) {
    return Series.line(
        name,
        colour,
        of.samples().stream()
            .map(sample -> new Point(sample.day(), what.applyAsDouble(sample), 0))
            .toList());
  }

  private List<Point> generations() {
    List<Point> dots = new ArrayList<>();
    with.samples()
        .forEach(sample -> sample
            .live()
            .forEach(one -> dots.add(new Point(
                sample.day(), one.number(), Math.sqrt(one.bytes() / BYTES_PER_DOT / Math.PI)))));
    return dots;
  }
}
