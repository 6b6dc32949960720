package dev.sealift.client.pack;

import dev.sealift.protocol.FormatException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.HexFormat;
import java.util.stream.LongStream;

public final class SeriesVectors extends VectorFile {
  public SeriesVectors() {
    super("payload-series", "Section 10: series of 64-bit numbers.");
  }

  @Override
  protected void cases(Cases to) {
    good(to);
    add(to, "malformed: width 9", 1, "09 00" + "00".repeat(9));
    add(to, "malformed: bit 5 of the form", 1, "20 05");
    add(to, "malformed: bit 7 of the form", 1, "80 05");
    add(to, "malformed: nothing, though there is a number", 1, "");
    add(to, "malformed: no base", 1, "00");
    add(to, "malformed: a base cut short", 1, "00 80");
    add(to, "malformed: a base of eleven bytes", 1, "00 8080808080808080808001");
    add(to, "malformed: planes cut short", 3, "01 00 0001");
    add(to, "malformed: a byte behind it", 2, "00 05 00");
    add(to, "malformed: a byte behind no numbers", 0, "00");
  }

  private static void good(Cases to) {
    add(to, "no numbers take no bytes", 0, "");
    add(to, "one number", 1, "00 05");
    add(to, "equal steps take no plane", 4, "10 d00f 02");
    add(to, "differences of three bytes", 4, "13 00 02 000001 000010 fe006f");
    add(to, "a plane of one byte", 4, "01 00 00ff00ff");
    add(to, "from the lowest to the highest number", 2, "10 ffffffffffffffffff01 01");
    add(to, "down and up", 3, "12 0a dd04 0100 2d00");
    add(to, "one number with differences, and so without any", 1, "18 0a 00");
    add(to, "width 8", 2, "08 00" + " ff00".repeat(8));
    add(to, "a wider form than is needed", 2, "02 00 0000 0102");
    add(to, "a varint with more bytes than it needs", 1, "00 8500");
    add(
        to,
        "a varint with bits beyond the 64th: they are dropped, as in protobuf",
        1,
        "00 ffffffffffffffffff7f");
    add(to, "sums modulo 2^64", 3, "11 feffffffffffffffff01 02 0001");
    long[] times =
        LongStream.range(0, 100).map(i -> 1_767_225_600_000L * 65_536 + i * i).toArray();
    ByteWriter out = new ByteWriter(64);
    IntegerSeries.write(out, times);
    add(to, "a hundred times", 100, HexFormat.of().formatHex(out.toByteArray()));
  }

  private static void add(Cases to, String name, int count, String hex) {
    to.add(
        name,
        Json.object()
            .u32("count", count)
            .hex("series", HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  /** Of one number no difference is left, whatever the width. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    ByteReader reader = new ByteReader(in.hex("series"));
    long[] numbers = IntegerSeries.read(reader, in.u32("count"));
    reader.requireEnd();
    return Json.object()
        .list(
            "numbers",
            LongStream.of(numbers).boxed().toList(),
            number -> Json.text(Long.toString(number)));
  }
}
