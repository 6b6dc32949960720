package dev.sealift.client.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class DeflatedPiecesProperties {
  /** Some that deflate to nothing, and some that do not at all. */
  private static byte[] piece(Random random) {
    byte[] piece = new byte[1 + random.nextInt(random.nextBoolean() ? 100 : 400_000)];
    if (random.nextInt(4) > 0) {
      random.nextBytes(piece);
    }
    return piece;
  }

  @Property(tries = 40)
  void whatFitsIsInThePlaintextAndNothingElse(@ForAll Random random) throws Exception {
    try (DeflatedPieces pieces = new DeflatedPieces()) {
      ByteArrayOutputStream in = new ByteArrayOutputStream();
      byte[] next = piece(random);
      while (pieces.add(next)) {
        in.write(next);
        next = piece(random);
      }
      byte[] plaintext = pieces.plaintext();
      assertThat(Deflated.unwrap(plaintext)).isEqualTo(in.toByteArray());
      assertThat(plaintext.length).isLessThanOrEqualTo(PayloadLimits.MAX_PLAINTEXT_BYTES);
      assertThat(plaintext.length)
          .as("there was no room for one more")
          .isGreaterThan(PayloadLimits.MAX_PLAINTEXT_BYTES - next.length - next.length / 8 - 1_000);
      assertThat(pieces.add(new byte[1])).as("behind one that did not fit").isFalse();
    }
  }

  /** Like one another: half of each is noise. */
  private static byte[] alike(Random random) {
    byte[] piece = new byte[60_000 + random.nextInt(60_000)];
    for (int i = 0; i < piece.length; i++) {
      piece[i] = (byte) (i % 2 == 0 ? random.nextInt() : 0);
    }
    return piece;
  }

  @Property(tries = 20)
  void whatIsNotTriedWouldNotHaveFitted(@ForAll Random random) {
    try (DeflatedPieces pieces = new DeflatedPieces()) {
      byte[] next = alike(random);
      int tried = 0;
      while (pieces.mayFit(next.length) && pieces.add(next)) {
        next = alike(random);
        tried++;
      }
      assertThat(tried).isGreaterThan(8);
      assertThat(pieces.add(next)).isFalse();
    }
  }

  @Property(tries = 20)
  void oneByItselfTakesHardlyMoreThanDeflatedAtOnce(@ForAll Random random) {
    byte[] piece = piece(random);
    try (DeflatedPieces pieces = new DeflatedPieces()) {
      assertThat(pieces.add(piece)).isTrue();
      assertThat(pieces.plaintext().length)
          .isLessThanOrEqualTo(Padme.size(Deflated.wrap(piece).length + 16));
    }
  }
}
