package dev.sealift.ops.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.SpaceOptions;
import dev.sealift.ops.conformance.Node.Run;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.support.Await;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.storage.sqlite.SqliteBackup;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device written from the specification alone and one in Java write to one space, and agree on every byte of what they hold. */
class NodeConformanceIT {
  private static final String BINARY = "sealift.v1";
  private static final String JSON = "sealift.v1.json";
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Duration PROGRAM_DEADLINE = Duration.ofMinutes(8);

  /** What noise there is to fetch; a connection that is cut before this many bytes is cut for certain. */
  private static final int FILES = 20;

  private static final int FILE_BYTES = 20_000;

  /** Counted from the first device that comes. */
  private static final Duration RECOVERY = Duration.ofSeconds(2);

  private static final Schema SCHEMA = Schema.of(Schema.table("things", "id")
      .text("what")
      .integer("n")
      .real("r")
      .bytes("b")
      .any("x"));

  @TempDir
  private Path folder;

  private Node node;
  private MeshProcess mesh;
  private Sealift sealift;
  private Space java;

  @BeforeEach
  void startAMeshAndFoundASpace() throws Exception {
    node = new Node(folder);
    node.mustBeThere();
    mesh = MeshProcess.start(MeshOptions.whole(folder.resolve("mesh"), 0), "test");
    sealift = Sealift.open(folder.resolve("java"));
    java = sealift.create("household", SCHEMA);
    java.connect(url());
  }

  @AfterEach
  void stop() {
    sealift.close();
    mesh.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {BINARY, JSON})
  void bothWriteEveryKindOfValueAndComeToTheSameDigests(String subprotocol) throws Exception {
    writeEveryKindInJava();
    NodeDevice device = joined(subprotocol);
    assertAgreement(device);

    writeEveryKindInNode(device);
    java.table("things").patch("both", Row.of("n", 3L));
    java.table("things").remove("java-removed");
    java.whenDurable().join();
    device.sync();

    assertAgreement(device);
    Row row = java.table("things").get("node").orElseThrow();
    assertThat(row.text("what")).contains("größer 🚢 than \"before\"");
    assertThat(row.integer("n")).contains(Long.MIN_VALUE);
    assertThat(row.real("r")).contains(-0.1);
    assertThat(row.bytes("b"))
        .hasValueSatisfying(it -> assertThat(it).containsExactly(0, 1, 2, 255));
    assertThat(row.isNull("x")).isTrue();
    assertThat(java.table("things").get("gone")).isEmpty();
    assertThat(java.table("things").get("both").orElseThrow().text("what")).contains("by node");
    assertThat(device.row("things", "java").getString("what")).isEqualTo("Grüße 😀");
    assertThat(java.table("notes").count()).isEqualTo(1);
  }

  @Test
  void bothRankByArrivalAlike() throws Exception {
    java = sealift.create("ranked", SCHEMA, SpaceOptions.byArrival());
    java.connect(url());
    NodeDevice device = joined(BINARY);
    device.put("things", "both", "what=written first, and comes last");
    device.put("things", "node", "what=by node");
    java.table("things").put("both", Row.of("what", "written last, and comes first", "n", 1L));
    java.table("things").remove("node");
    java.whenDurable().join();
    device.sync();

    assertAgreement(device);
    assertThat(java.table("things").get("both").orElseThrow().text("what"))
        .contains("written first, and comes last");
  }

  private void writeEveryKindInJava() {
    byte[] bytes = {0, -1, 7};
    java.table("things")
        .put(
            "java",
            Row.of(
                "what",
                "Grüße 😀",
                "n",
                Long.MAX_VALUE,
                "r",
                Double.MIN_VALUE,
                "b",
                bytes,
                "x",
                null));
    java.table("things").put("both", Row.of("what", "by java", "n", 1L));
    java.table("things").put("java-removed", Row.of("what", "for a while"));
    Stream<Object> mixed = Stream.of(1L, 1.5, "eins", new byte[] {1}, -1e300, "", Long.MIN_VALUE);
    mixed.forEach(value -> java.table("things").put("any-" + value.hashCode(), Row.of("x", value)));
    for (int i = 0; i < 200; i++) {
      java.table("things")
          .put("row-" + i, Row.of("what", "2026-01-" + i % 28, "n", i * 1000L, "r", i / 4.0));
    }
  }

  private static void writeEveryKindInNode(NodeDevice device) throws Exception {
    device.put(
        "things",
        "node",
        "what=größer 🚢 than \"before\"",
        "n:int=" + Long.MIN_VALUE,
        "r:real=-0.1",
        "b:base64=AAEC/w==",
        "x:null=");
    device.put("things", "node-2", "n:int=" + Long.MAX_VALUE, "r:real=1e308", "x:real=7");
    device.patch("things", "both", "what=by node");
    device.put("things", "gone", "what=for a while");
    device.delete("things", "gone");
    device.declare("notes", "id", "line:text");
    device.put("notes", "1", "line=");
    device.put("undeclared", "1", "c:int=5");
  }

  @Test
  void ofTwoWritesToOneCellAtOnceBothKeepTheSame() throws Exception {
    java.table("things").put("cell", Row.of("what", "before"));
    java.table("things").put("removed at once", Row.of("what", "before", "n", 1L));
    java.table("things").put("removed", Row.of("what", "before"));
    NodeDevice device = joined(BINARY);
    java.disconnect();
    for (int round = 0; round < 3; round++) {
      java.table("things").patch("cell", Row.of("what", "java " + round));
      device.patch("things", "cell", "what=node " + round, "n:int=" + round);
    }
    java.table("things").remove("removed at once");
    java.table("things").remove("removed");
    device.patch("things", "removed at once", "what=written at once");
    device.sync();
    java.connect(url());
    java.whenDurable().join();
    device.sync();

    assertAgreement(device);
    assertThat(device.row("things", "cell").getString("what")).isEqualTo("node 2");
    assertThat(device.row("things", "removed at once").getInteger("n")).isEqualTo(1);
    assertThat(java.table("things").get("removed")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {BINARY, JSON})
  void whatABrokenConnectionLostIsSentAndFetchedAgain(String subprotocol) throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    NodeDevice device = joined(subprotocol);
    for (int i = 0; i < FILES; i++) {
      java.table("things").put("large-" + i, Row.of("b", noise(random, FILE_BYTES)));
      java.whenDurable().join();
    }
    for (int i = 0; i < 3; i++) {
      device.put("things", "from-node-" + i, "what=" + "🌊".repeat(1000) + random.nextLong());
    }
    List<Long> cuts = random.longs(5, 200, FILES * FILE_BYTES).boxed().toList();

    try (CuttingProxy proxy = new CuttingProxy(url(), cuts)) {
      device.sync("--mesh", proxy.url());

      assertThat(proxy.connectionsCut()).as("seed %s, cuts %s", seed, cuts).isPositive();
    }
    assertAgreement(device);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMeshThatWasRestoredGetsBackWhatItLacksAndTheDeviceGoesOn(boolean inTime) throws Exception {
    NodeDevice device = joined(BINARY);
    java.table("things").put("before", Row.of("what", "java"));
    java.whenDurable().join();
    Path copy = folder.resolve("copy");
    SqliteBackup.backUp(store(), copy);
    java.table("things").put("lost", Row.of("what", "java"));
    java.whenDurable().join();
    device.put("things", "lost by node", "what=node");
    device.sync();
    assertAgreement(device);
    java.disconnect();
    device.put("things", "only by node", "what=node");
    device.sync();
    long held = device.position();

    restore(copy);
    if (!inTime) {
      java.connect(url());
      java.table("things").put("meanwhile", Row.of("what", "java"));
      java.whenDurable().join();
    }
    device.put("things", "after", "what=node");
    device.sync("--mesh", url().toString());
    java.connect(url());
    java.whenUpToDate().join();

    assertAgreement(device);
    assertThat(java.table("things").count()).isEqualTo(inTime ? 5 : 6);
    assertThat(sizeInCommon()).as("of %s files", held).isEqualTo(inTime ? held : held - 1);
  }

  private void restore(Path copy) throws Exception {
    mesh.close();
    for (String suffix : new String[] {"", "-wal", "-shm"}) {
      Files.deleteIfExists(Path.of(store() + suffix));
    }
    SqliteBackup.restore(copy, store(), InstantSource.system());
    MeshOptions options = MeshOptions.whole(folder.resolve("mesh"), 0);
    mesh = MeshProcess.start(options.withRecovery(RECOVERY), "test");
  }

  /** Of the log before the mesh was restored and the one after it, as the mesh signed it. */
  private long sizeInCommon() throws Exception {
    try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + store());
        Statement statement = store.createStatement();
        ResultSet row = statement.executeQuery("SELECT signed FROM incarnation")) {
      assertThat(row.next()).isTrue();
      byte[] signed = row.getBytes(1);
      assertThat(row.next()).isFalse();
      return SignedIncarnation.parse(ByteString.copyFrom(signed)).incarnation().size();
    }
  }

  private Path store() {
    return folder.resolve("mesh").resolve("store.db");
  }

  private static byte[] noise(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void aLinkThatIsUsedUpIsRefused() throws Exception {
    java.whenDurable().join();
    String link = java.invite();
    new NodeDevice(node, folder.resolve("first"), BINARY).join(link);

    Run run = new NodeDevice(node, folder.resolve("second"), BINARY).run("join", link);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("\"error\":\"invitation_used_up\"");
  }

  @Test
  void itsOwnTestsPass() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--test"));
    try (Stream<Path> files = Files.list(Path.of("conformance", "test"))) {
      files
          .map(Path::getFileName)
          .map(Path::toString)
          .filter(name -> name.endsWith(".test.mjs"))
          .forEach(name -> arguments.add("test/" + name));
    }
    assertThat(arguments).hasSizeGreaterThan(1);

    assertSuccess(node.run(PROGRAM_DEADLINE, arguments.toArray(String[]::new)));
  }

  @Test
  void everyVectorComesToWhatItSays() throws Exception {
    Run run = node.run(PROGRAM_DEADLINE, "vectors.mjs");

    assertSuccess(run);
    assertThat(run.lastLine()).matches("[1-9]\\d* passed, 0 failed");
  }

  @Test
  void noAlteredVectorGoesUnnoticed() throws Exception {
    assertSuccess(node.run(PROGRAM_DEADLINE, "vectors.mjs", "--hostile"));
  }

  private static void assertSuccess(Run run) {
    assertThat(run.exitCode()).as("%s%s", run.out(), run.err()).isZero();
  }

  private NodeDevice joined(String subprotocol) throws Exception {
    java.whenDurable().join();
    NodeDevice device = new NodeDevice(node, folder.resolve("node"), subprotocol);
    device.join(java.invite());
    return device;
  }

  private void assertAgreement(NodeDevice device) throws Exception {
    String visible = device.visibleDigest();
    String merge = device.mergeDigest();
    Await.until(
        DEADLINE,
        () -> java.mergeDigest().equals(merge),
        () ->
            "the merge digests differ: " + java.mergeDigest() + " in Java, " + merge + " in Node");
    assertThat(java.digest()).isEqualTo(visible);
  }

  private URI url() {
    return mesh.url().orElseThrow();
  }
}
