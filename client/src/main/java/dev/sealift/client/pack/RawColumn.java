package dev.sealift.client.pack;

/** The fields of a {@code RunColumn} as they came; absent ones are empty or 0. */
final class RawColumn {
  String name = "";
  byte[] values = {};
  int group;
}
