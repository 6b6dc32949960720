package dev.sealift.client.compact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.FeedPlace;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Devices compare blocks byte by byte, so the bytes are for ever. */
class BlockGoldenTest {
  private static final DeviceId DEVICE = DeviceId.of(Blocks.hash("device"));
  private static final FileId FILE = FileId.of(Blocks.hash("file"));

  /** Of seven files: three subtrees. */
  private static final Bytes EDGE = Bytes.of(new byte[3 * Hash.BYTES]);

  private static final Origin ORIGIN = new Origin(0, 0x1000, DEVICE, 7);

  @Test
  void aBlockHasTheseBytes() throws Exception {
    String expected =
        "01040901263a4dbe41488fb87214b0032339dbb9f0c8da14c16dfcf13084bf3c2552eca504000012"
            + "8040ff230211000000000000110e07020700010902000c6369746965730006000c00b40101000000"
            + "a025e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855000a00020106"
            + "636974696573020d021006066862616e6f626f6479020b0200086e616d6574616773100006100201"
            + "100403000010020100000000080103486f62617274100201000200040a0101000000000000000110"
            + "020100020006100201000200801c00000002008040000000c60100000a0103486f626172746f6e10"
            + "0201000200020080400000000e000000c401080103486f6261727410020100060080400000000e03"
            + "100e02000010020211000103003b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5"
            + "b19ac02b803b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80000000"
            + "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "0000000000000000000000000010c601020000000000000000";
    assertThat(HexFormat.of().formatHex(BlockCodec.encode(block()))).isEqualTo(expected);
    assertThat(BlockCodec.decode(HexFormat.of().parseHex(expected))).isEqualTo(block());
  }

  /** And weighs this much: by weight blocks are cut. */
  @Test
  void aBlockWeighsThisMuch() {
    assertThat(BlockWeight.of(block())).isEqualTo(3581);
    assertThat(BlockWeight.MAX).isEqualTo(1028096);
  }

  private static Block block() {
    CellName name = new CellName("name", null);
    CellName tags = new CellName("tags", CellKind.SET);
    CarriedRow row = new CarriedRow(
        "cities",
        "hba",
        ORIGIN,
        new Origin(0, 0x900, DEVICE, 5),
        null,
        List.of(new Held(name, ORIGIN, Value.of("Hobart"))),
        List.of(new Held(tags, new Origin(0, 0x1100, DEVICE, 8), Value.of(1))),
        List.of(new Dropped(tags, new Origin(0, 0x800, DEVICE, 4))),
        List.of(new Loser(name, 0x700, DEVICE, 1, Value.of("Hobarton"), 0x1000, DEVICE, 99, 0)),
        List.of(new Line(name, RunKind.PUT, 0x1000, DEVICE, 7, 0, 98, Value.of("Hobart"))),
        new FeedPlace(3, 0x1000, DEVICE, 7));
    return new Block(
        new StepRange(4, 9),
        List.of(new CarriedPolicy("cities", 3, 6, 90)),
        List.of(new CarriedJudgement(DEVICE, 0x950, Hash.of(new byte[0]), 5, true)),
        List.of(row, CarriedRow.empty("cities", "nobody")),
        List.of(
            new CarriedFile(7, DEVICE, 1, null, 99, 0, 0, 0, 0, null),
            new CarriedFile(8, DEVICE, 2, FILE, 100, 0, 0, 0, 0, EDGE),
            new CarriedFile(9, DEVICE, 3, FILE, 101, 0, 0, 0, 0, null)));
  }
}
