package dev.sealift.client.pack;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.EventsPayload;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class PayloadCodecProperties {
  /** Making runs takes longer than packing them. */
  private static final int TRIES = 300;

  @Provide
  Arbitrary<List<EventRun>> runs() {
    return Samples.runs();
  }

  @Property(tries = TRIES)
  void events_come_back(@ForAll("runs") List<EventRun> runs) throws Exception {
    assertThat(PayloadCodec.decode(PayloadCodec.encode(runs))).isEqualTo(runs);
  }

  @Property(tries = TRIES)
  void the_size_is_a_padded_one(@ForAll("runs") List<EventRun> runs) {
    byte[] plaintext = PayloadCodec.encode(runs);

    assertThat(plaintext).hasSize(Padme.size(plaintext.length));
  }

  @Property(tries = TRIES)
  void fields_of_the_future_are_passed_over(@ForAll("runs") List<EventRun> runs) throws Exception {
    EventsPayload known = EventsPayload.parseFrom(RunsWriter.write(runs));
    EventsPayload.Builder future = known.toBuilder().clearRuns();
    known.getRunsList().forEach(run -> future.addRuns(run.toBuilder().setUnknownFields(unknown())));
    future.setUnknownFields(unknown());

    assertThat(RunsReader.read(future.build().toByteArray())).isEqualTo(runs);
  }

  private static UnknownFieldSet unknown() {
    var field = UnknownFieldSet.Field.newBuilder()
        .addVarint(7)
        .addFixed64(1)
        .addLengthDelimited(ByteString.copyFromUtf8("later"))
        .build();
    return UnknownFieldSet.newBuilder().addField(1000, field).build();
  }

  @Property(tries = TRIES)
  void a_damaged_plaintext_is_refused_or_read(
      @ForAll("runs") List<EventRun> runs, @ForAll int position, @ForAll byte replacement) {
    byte[] plaintext = PayloadCodec.encode(runs);
    plaintext[Math.floorMod(position, plaintext.length)] = replacement;

    decodeOrRefuse(plaintext);
  }

  @Property(tries = TRIES)
  void a_damaged_content_is_refused_or_read(
      @ForAll("runs") List<EventRun> runs, @ForAll int position, @ForAll byte replacement) {
    byte[] content = RunsWriter.write(runs);
    content[Math.floorMod(position, content.length)] = replacement;

    decodeOrRefuse(Deflated.wrap(content));
  }

  @Property(tries = TRIES)
  void a_cut_content_is_refused_or_read(@ForAll("runs") List<EventRun> runs, @ForAll int length) {
    byte[] content = RunsWriter.write(runs);

    decodeOrRefuse(Deflated.wrap(Arrays.copyOf(content, Math.floorMod(length, content.length))));
  }

  @Property
  void random_bytes_are_refused_or_read(@ForAll @Size(max = 200) byte[] bytes) {
    decodeOrRefuse(bytes);
    decodeOrRefuse(Deflated.wrap(bytes));
  }

  /** Anything but the two checked exceptions fails the test. */
  private static void decodeOrRefuse(byte[] plaintext) {
    try {
      List<EventRun> runs = PayloadCodec.decode(plaintext);
      assertThat(PayloadCodec.decode(PayloadCodec.encode(runs))).isEqualTo(runs);
    } catch (FormatException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    } catch (UnknownPayloadVersionException newer) {
      assertThat(newer.version()).isGreaterThan(PayloadCodec.VERSION);
    }
  }
}
