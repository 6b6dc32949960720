package dev.sealift.ops.chaos.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelayTest {
  private static final int DELAY_MILLIS = 30;
  private static final int ANSWER_MILLIS = 20_000;

  private static void pass(Socket from, Socket to, int what) throws Exception {
    from.getOutputStream().write(what);
    assertThat(to.getInputStream().read()).isEqualTo(what);
  }

  @Test
  void whatItHoldsBackIsCountedAndNothingElse() throws Exception {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, here);
        Relay relay =
            new Relay(0, () -> List.of(new InetSocketAddress(here, server.getLocalPort())));
        Socket device = new Socket(here, relay.port());
        Socket mesh = server.accept()) {
      device.setSoTimeout(ANSWER_MILLIS);
      mesh.setSoTimeout(ANSWER_MILLIS);
      pass(device, mesh, 1);
      assertThat(relay.heldBytes()).isZero();
      relay.delay(DELAY_MILLIS);
      long start = System.nanoTime();
      pass(device, mesh, 2);
      pass(mesh, device, 3);
      assertThat(System.nanoTime() - start).isGreaterThan(2 * DELAY_MILLIS * 1_000_000L);
      assertThat(relay.heldBytes()).isEqualTo(2);
    }
  }
}
