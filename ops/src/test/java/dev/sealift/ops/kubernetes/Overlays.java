package dev.sealift.ops.kubernetes;

import java.util.List;

/** What is applied, each as the folders that are applied one after another into one namespace. */
final class Overlays {
  static final List<String> NAMES = List.of("single", "migrate+ha");

  private Overlays() {}

  static List<String> folders(String overlay) {
    return List.of(overlay.split("\\+"));
  }

  static List<String> folders() {
    return NAMES.stream().flatMap(overlay -> folders(overlay).stream()).toList();
  }
}
