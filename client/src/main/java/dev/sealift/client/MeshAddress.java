package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import java.net.URI;

/** Where a mesh is. */
final class MeshAddress {
  private MeshAddress() {}

  static void require(URI mesh) {
    boolean webSocket = "ws".equals(mesh.getScheme()) || "wss".equals(mesh.getScheme());
    if (!webSocket || mesh.getHost() == null || mesh.getRawUserInfo() != null) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "A mesh's address looks like wss://mesh.example.org or ws://localhost:7400.");
    }
  }
}
