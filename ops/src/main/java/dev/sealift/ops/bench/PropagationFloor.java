package dev.sealift.ops.bench;

import dev.sealift.ops.bench.Sockets.Socket;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * What a write cannot reach another device without, added up: the author signs its header, the mesh verifies it and signs the head, the
 * other device verifies both; the author's disk and the mesh's are synced; and a message goes to the mesh and one comes from it.
 */
final class PropagationFloor {
  private static final int SIGNATURES = 2;
  private static final int VERIFICATIONS = 3;
  private static final int SYNCS = 2;
  private static final int TIMES = 500;

  /** A header is some 300 bytes long, a page of SQLite's log 4 KiB. */
  private static final int SIGNED_BYTES = 300;

  private static final int PAGE_BYTES = 4096;

  private final double millis;

  PropagationFloor(Workbench bench, Path folder) throws Exception {
    this.millis = SIGNATURES * signing()
        + VERIFICATIONS * verifying()
        + SYNCS * syncing(folder)
        + roundTrip(bench);
  }

  double millis() {
    return millis;
  }

  /** Of one Ed25519 signature, in milliseconds. */
  static double signing() throws Exception {
    SigningKey key = SigningKey.generate();
    byte[] signed = new byte[SIGNED_BYTES];
    return median(() -> key.sign(SignatureContext.FILE_HEADER, signed));
  }

  /** Of one Ed25519 verification, in milliseconds. */
  static double verifying() throws Exception {
    SigningKey key = SigningKey.generate();
    VerifyingKey verifying = key.verifyingKey();
    byte[] signed = new byte[SIGNED_BYTES];
    byte[] signature = key.sign(SignatureContext.FILE_HEADER, signed);
    return median(() -> verifying.verify(SignatureContext.FILE_HEADER, signature, signed));
  }

  private static double syncing(Path folder) throws Exception {
    ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
    try (FileChannel file = FileChannel.open(
        folder.resolve("synced"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      return median(() -> {
        file.write(page.rewind());
        file.force(false);
      });
    }
  }

  private static double roundTrip(Workbench bench) throws Exception {
    byte[] message = new byte[SIGNED_BYTES];
    try (Mesh server = bench.bareServer();
        Socket socket = new Sockets().open(server.url())) {
      return median(() -> {
        socket.send(message);
        socket.next();
      });
    }
  }

  /** The first half only warms up. */
  private static double median(Workbench.Work work) throws Exception {
    double[] millis = new double[2 * TIMES];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = Workbench.seconds(work) * 1e3;
    }
    double[] warm = Arrays.copyOfRange(millis, TIMES, millis.length);
    Arrays.sort(warm);
    return warm[TIMES / 2];
  }
}
