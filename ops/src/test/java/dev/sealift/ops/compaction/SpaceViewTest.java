package dev.sealift.ops.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CompactingPhase;
import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectedCompaction;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.ReclaimState;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpaceViewTest {
  private static final SpaceId SPACE = space();

  private final InspectReply.Builder told = InspectReply.newBuilder()
      .setSize(1_200)
      .setLower(250)
      .setUpper(1_000)
      .setPhase(CompactingPhase.COMPACTING_PHASE_RESTING)
      .setPhaseLeftMillis(600_000)
      .addLive(LiveFiles.newBuilder().setFiles(300).setBytes(3 << 20))
      .addLive(LiveFiles.newBuilder().setGeneration(2).setFiles(2).setBytes(700));

  private static SpaceId space() {
    try {
      return SpaceId.of(new byte[SpaceId.BYTES]);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static ByteString id(int first) {
    byte[] id = new byte[32];
    id[0] = (byte) first;
    return ByteString.copyFrom(id);
  }

  private String lines() {
    return String.join("\n", new SpaceView(SPACE, told.build()).lines());
  }

  private JsonObject json() {
    return new SpaceView(SPACE, told.build()).json();
  }

  private InspectedCompaction.Builder compaction(ReclaimState state) {
    return told.addCompactionsBuilder()
        .setSequence(1_000)
        .setFirst(1)
        .setBase(900)
        .setGeneration(2)
        .setParts(2)
        .setBytes(700)
        .setStands(true)
        .setMillis(1_700_000_000_000L)
        .setState(state);
  }

  @Test
  void filesThatAreToExpireAreShown() {
    assertThat(lines()).doesNotContain("expire");
    told.setExpiring(7).setExpiresLeftMillis(3_600_000);
    assertThat(lines()).contains("7 files are to expire, the next 60 min after the log's last");
    assertThat(json().getLong("expiring")).isEqualTo(7);
    assertThat(json().getLong("expiresLeftSeconds")).isEqualTo(3_600);
    told.setMoreExpiring(true).clearExpiresLeftMillis();
    assertThat(lines()).contains("≥ 7 files are to expire, the next now");
    assertThat(json().getValue("expiresLeftSeconds")).isNull();
  }

  @Test
  void filesThresholdsAndWhatItDoesAreShown() {
    assertThat(lines())
        .contains("space 00000000, 1200 files in its log, resting for 10 min at most")
        .containsPattern("0 \\(events\\) +300 +3\\.0 MiB")
        .containsPattern("2 +2 +700 B")
        .contains("^ 302 live", "250 lower", "1000 upper")
        .contains("no compaction stands, and none is open");
    assertThat(json().getLong("liveFiles")).isEqualTo(302);
    assertThat(json().getLong("liveEvents")).isEqualTo(300);
    assertThat(json().getLong("phaseLeftSeconds")).isEqualTo(600);
    assertThat(json().getString("phase")).isEqualTo("resting");
    assertThat(json().encode()).doesNotContain("\n");
  }

  @Test
  void aSpaceThatTheCompactorDoesNotHoldHasNoPhase() {
    told.setPhase(CompactingPhase.COMPACTING_PHASE_UNSPECIFIED).setPhaseLeftMillis(0);
    assertThat(lines()).contains("nothing to do");
    assertThat(json().getValue("phase")).isNull();
    assertThat(json().getValue("phaseLeftSeconds")).isNull();
  }

  @Test
  void whoHoldsReclaimingBackIsToldByKindAndMarked() {
    InspectedCompaction.Builder one =
        compaction(ReclaimState.RECLAIM_STATE_DEVICES_BEHIND).setDevicesBehind(3);
    told.addDevicesBuilder().setDevice(id(1)).setPlace(250).setPosition(999).setCounts(true);
    told.addDevicesBuilder()
        .setDevice(id(2))
        .setPlace(600)
        .setSpared(true)
        .setPosition(1_000)
        .setCounts(true);
    told.addDevicesBuilder()
        .setDevice(id(3))
        .setPosition(5)
        .setCounts(true)
        .setSeenMillisAgo(7_200_000);
    told.addDevicesBuilder().setDevice(id(4)).setCounts(true);
    told.addDevicesBuilder().setDevice(id(5)).setPosition(5);

    assertThat(one.getDevicesBehind()).isEqualTo(3);
    assertThat(lines())
        .contains("waits for devices: 1 connected, 1 away, 1 silent")
        .containsPattern("1 +01000000 +250 +999 +0 s ago +connected, holds reclaiming back")
        .containsPattern("2 +02000000 +600 +1000 +0 s ago +connected, spared\n")
        .containsPattern("- +03000000 +- +5 +2 h ago +not in line, holds reclaiming back")
        .containsPattern("- +04000000 +- +none +0 s ago +not in line, holds reclaiming back")
        .containsPattern("- +05000000 +- +5 +0 s ago +not in line\n");
    JsonObject shown = json().getJsonArray("compactions").getJsonObject(0);
    assertThat(shown.getString("reclaiming")).isEqualTo("devices-behind");
    assertThat(List.of(
            shown.getLong("behind"),
            shown.getLong("behindConnected"),
            shown.getLong("behindAway"),
            shown.getLong("behindSilent")))
        .containsExactly(3L, 1L, 1L, 1L);
  }

  @Test
  void graceIsShownWithWhatIsLeftOfIt() {
    compaction(ReclaimState.RECLAIM_STATE_GRACE).setGraceLeftMillis(5 * 3_600_000);
    assertThat(lines())
        .containsPattern(
            "1 … 900 +2 +2 +700 B +stands 2023-11-14T22:13:20Z +waits: grace, 5 h left");
    assertThat(json().getJsonArray("compactions").getJsonObject(0).getLong("graceLeftSeconds"))
        .isEqualTo(5 * 3_600);
  }

  @Test
  void whatGoesOnSaysHowFarItIs() {
    compaction(ReclaimState.RECLAIM_STATE_DUE).setLookedAt(512);
    assertThat(lines()).contains("goes on, up to 512");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReclaimState.class,
      names = {"UNRECOGNIZED", "RECLAIM_STATE_UNSPECIFIED"},
      mode = EnumSource.Mode.EXCLUDE)
  void eachReasonHasItsOwnWords(ReclaimState state) {
    compaction(state);
    String shown = lines();
    assertThat(shown).doesNotEndWith("-");
    assertThat(json().getJsonArray("compactions").getJsonObject(0).getString("reclaiming"))
        .isEqualTo(
            state.name().replace("RECLAIM_STATE_", "").replace('_', '-').toLowerCase(Locale.ROOT));
  }
}
