package dev.sealift.protocol.vectors;

import dev.sealift.vectors.VectorContract;
import java.util.List;

/** The formats that both ends share, against protocol/vectors. */
class VectorsTest extends VectorContract {
  VectorsTest() {
    super(List.of(
        new ConnectionVectors(),
        new FileHeaderVectors(),
        new FrameVectors(),
        new HybridTimeVectors(),
        new IdVectors(),
        new LinkVectors(),
        new LogVectors(),
        new MembershipVectors(),
        new PositionVectors(),
        new SignatureVectors(),
        new TreeHeadVectors(),
        new WelcomeVectors()));
  }
}
