package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.gateway.session.Effect;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.StageRequest;
import org.junit.jupiter.api.Test;

class DeviceRequestsTest {
  private final DeviceRequests requests = new DeviceRequests(
      new GatewayMetrics(new io.micrometer.core.instrument.simple.SimpleMeterRegistry()));

  @Test
  void admissionBelongsToTheRequestThatWasStaged() throws Exception {
    DeviceRequest first = requests.asking(stage(1));
    DeviceRequest second = requests.asking(stage(2));

    requests.answered(stage(2));

    assertThat(first.id()).isNotEqualTo(second.id());
    assertThat(requests.asking(admit(3, 2))).isSameAs(second);
    assertThat(requests.asking(admit(4, 1))).isSameAs(first);
  }

  @Test
  void aQuestionThatIsAskedAgainKeepsItsRequest() throws Exception {
    requests.asking(stage(1));
    DeviceRequest request = requests.asking(admit(2, 1));
    requests.asking(read(3));

    assertThat(requests.asking(admit(4, 1))).isSameAs(request);
    requests.answered(admit(2, 1));

    assertThat(requests.asking(admit(5, 1))).isSameAs(request);
  }

  @Test
  void nothingIsKeptOfWhatIsAnswered() {
    requests.asking(stage(1));
    DeviceRequest read = requests.asking(read(2));

    assertThat(requests.answered(stage(1))).isFalse();
    assertThat(requests.answered(read(2))).isTrue();

    assertThat(requests.asking(read(2))).isNotSameAs(read);
  }

  private static Effect.Stage stage(long ticket) {
    return new Effect.Stage(
        ticket, 0, ticket, TestDevice.space(1), StageRequest.getDefaultInstance());
  }

  private static Effect.Admit admit(long ticket, long origin) throws Exception {
    return new Effect.Admit(
        ticket,
        0,
        origin,
        SpaceId.of(new byte[SpaceId.BYTES]),
        "",
        AdmitRequest.getDefaultInstance());
  }

  private static Effect.Read read(long ticket) {
    return new Effect.Read(ticket, 0, ReadRequest.getDefaultInstance());
  }
}
