package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.all;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static dev.sealift.gateway.session.Rig.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.Subscribe;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Small files that come in by a gateway go on from there to whoever waits for them, without a read. */
class FreshFilesTest {
  private static final int PLENTY = 10 << 20;

  private final Rig writer = Rig.openAt(5);
  private final Rig reader = Rig.openAt(5);

  /** What the writer's session says once a Put of payloads of these sizes stands at these sequences. */
  private List<Effect> admitted(int[] payloadBytes, long... sequences) {
    long stage = ticket(writer.put(1, payloadBytes));
    return writer.admit(ticket(writer.stage(stage, payloadBytes.length)), sequences);
  }

  private Optional<FreshFiles> fresh(int[] payloadBytes, long... sequences) {
    return only(admitted(payloadBytes, sequences), Effect.Learned.class).fresh();
  }

  @Test
  void aReaderThatIsCaughtUpHasThemAtOnceWithTheHead() {
    reader.subscribe(5, PLENTY);
    PutFile put = writer.device.file(Rig.SPACE, 1, 10);
    Files files = onlyFrame(reader.session.advanced(Rig.head(6), fresh(new int[] {10}, 6)))
        .getFiles();
    assertThat(files.getFirstSequence()).isEqualTo(6);
    assertThat(files.getSignedHead()).isEqualTo(Rig.head(6).signed());
    assertThat(files.getConsistencyCount()).isZero();
    LogEntry entry = files.getEntries(0);
    assertThat(entry.getSignedHeader()).isEqualTo(put.getSignedHeader());
    assertThat(entry.getPayload()).isEqualTo(put.getPayload());
    assertThat(entry.getAbsence()).isEqualTo(PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED);
  }

  @Test
  void whatFollowsIsReadFromThereOn() {
    reader.subscribe(5, PLENTY);
    reader.session.advanced(Rig.head(6), fresh(new int[] {10}, 6));
    Effect.Read read = only(reader.advanceTo(8), Effect.Read.class);
    assertThat(read.request().getAfterSequence()).isEqualTo(6);
  }

  @Test
  void theyCostCreditAsAnyOthersDo() {
    reader.subscribe(5, 1);
    Optional<FreshFiles> first = fresh(new int[] {10}, 6);
    assertThat(onlyFrame(reader.session.advanced(Rig.head(6), first)).hasFiles())
        .isTrue();
    assertThat(onlyFrame(reader.advanceTo(7)).hasAdvanced()).isTrue();
  }

  @Test
  void aReaderThatLagsBehindReadsAsBefore() {
    long ticket = ticket(reader.subscribe(3, PLENTY));
    assertThat(reader.session.advanced(Rig.head(6), fresh(new int[] {10}, 6))).isEmpty();
    List<Effect> effects = reader.session.read(ticket, Rig.entries(2, 1));
    assertThat(only(effects, Effect.Read.class).request().getAfterSequence()).isEqualTo(5);
  }

  @Test
  void onesThatCameWhileTheSocketWasFullAreReadLater() {
    reader.subscribe(5, PLENTY);
    reader.session.socketFull(reader.now);
    Optional<FreshFiles> files = fresh(new int[] {10}, 6);
    assertThat(all(reader.session.advanced(Rig.head(6), files), Effect.Send.class))
        .isEmpty();
    assertThat(all(reader.session.socketDrained(), Effect.Send.class)).isEmpty();
  }

  @Test
  void theirAuthorGetsThemWithoutPayloadIfItAskedForThat() {
    Subscribe subscribe = Subscribe.newBuilder()
        .setAfterSequence(5)
        .setCreditBytes(PLENTY)
        .setOmitOwnPayloads(true)
        .build();
    writer.send(Frame.newBuilder().setSubscribe(subscribe).build());
    LogEntry entry = filesOf(admitted(new int[] {10}, 6)).getEntries(0);
    assertThat(entry.getPayload()).isEmpty();
    assertThat(entry.getAbsence()).isEqualTo(PayloadAbsence.PAYLOAD_ABSENCE_OWN);
  }

  @Test
  void theirAuthorGetsThemWholeOtherwise() {
    writer.subscribe(5, PLENTY);
    LogEntry entry = filesOf(admitted(new int[] {10}, 6)).getEntries(0);
    assertThat(entry.getPayload()).hasSize(10);
  }

  private static Files filesOf(List<Effect> effects) {
    return all(effects, Effect.Send.class).stream()
        .map(Effect.Send::frame)
        .filter(Frame::hasFiles)
        .findFirst()
        .orElseThrow()
        .getFiles();
  }

  @Test
  void filesThatAreNotTheLogsEndAreRead() {
    long stage = ticket(writer.put(1, 10));
    long admit = ticket(writer.stage(stage, 1));
    var reply = Rig.receipts(Rig.SPACE, 6).toBuilder()
        .setSignedHead(Rig.head(8).signed())
        .build();
    Effect.Learned learned = only(writer.session.admitted(admit, reply), Effect.Learned.class);
    assertThat(learned.head()).isEqualTo(Rig.head(8));
    assertThat(learned.fresh()).isEmpty();
  }

  @Test
  void filesThatDoNotFollowOneAnotherAreRead() {
    assertThat(fresh(new int[] {10, 10}, 6, 8)).isEmpty();
  }

  @Test
  void severalThatFollowOneAnotherGoOnTogether() {
    assertThat(fresh(new int[] {10, 10}, 6, 7).orElseThrow().entries()).hasSize(2);
  }

  @Test
  void aFileThatCameBeforeDoesNotGoOnWithAnotherPayload() {
    PutFile twisted = writer.device.file(Rig.SPACE, 1, 10).toBuilder()
        .setPayload(com.google.protobuf.ByteString.copyFromUtf8("0123456789"))
        .build();
    long stage = ticket(writer.send(
        dev.sealift.gateway.TestDevice.frame(dev.sealift.gateway.TestDevice.put(1, twisted))));
    List<Effect> effects = writer.admit(ticket(writer.stage(stage, 1)), 6);
    assertThat(only(effects, Effect.Learned.class).fresh()).isEmpty();
  }

  @Test
  void largeFilesAreNotKept() {
    assertThat(fresh(new int[] {FreshFiles.MAX_BYTES}, 6)).isEmpty();
  }
}
