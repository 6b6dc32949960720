package dev.sealift.ops.kubernetes;

import java.util.List;

/** The folders that are applied. */
final class Overlays {
  static final List<String> NAMES = List.of("single");

  private Overlays() {}
}
