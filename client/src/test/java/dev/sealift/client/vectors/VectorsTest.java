package dev.sealift.client.vectors;

import dev.sealift.client.pack.ColumnVectors;
import dev.sealift.client.pack.PayloadVectors;
import dev.sealift.client.pack.SeriesVectors;
import dev.sealift.client.sync.ReceiptVectors;
import dev.sealift.client.sync.SessionVectors;
import dev.sealift.vectors.VectorContract;
import java.util.List;

/** What devices alone do, against protocol/vectors. */
class VectorsTest extends VectorContract {
  VectorsTest() {
    super(List.of(
        new ClockVectors(),
        new ColumnVectors(),
        new DigestVectors(),
        new KeyVectors(),
        new MergingVectors(),
        new PayloadSealingVectors(),
        new PayloadVectors(),
        new ReceiptVectors(),
        new SeriesVectors(),
        new SessionVectors(),
        new ValueVectors()));
  }
}
