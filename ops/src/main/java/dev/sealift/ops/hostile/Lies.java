package dev.sealift.ops.hostile;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All kinds of lies. */
final class Lies {
  private static final List<Lie> ALL = Stream.of(
          FileLies.all(),
          HandshakeLies.all(),
          ReceiptLies.all(),
          HeadLies.all(),
          AdmittedLies.all(),
          StepLies.all(),
          PositionLies.all(),
          StoreLies.all(),
          MemberLies.all())
      .flatMap(List::stream)
      .toList();

  private Lies() {}

  static List<Lie> all() {
    return ALL;
  }

  static Optional<Lie> named(String name) {
    return ALL.stream().filter(lie -> lie.name().equals(name)).findFirst();
  }
}
