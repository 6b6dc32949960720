package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;

/** Collects small pieces and gives them to SHA-256 in large ones. */
final class DigestWriter {
  private static final int BUFFER_BYTES = 1 << 14;

  private final MessageDigest digest = Hash.sha256();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final Map<String, byte[]> names = new HashMap<>();
  private int used;

  DigestWriter(String context) {
    bytes(utf8(context)).tag((byte) 0);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  DigestWriter tag(byte tag) {
    room(1);
    buffer[used++] = tag;
    return this;
  }

  DigestWriter number(long value) {
    room(Long.BYTES);
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer[used++] = (byte) (value >>> shift);
    }
    return this;
  }

  DigestWriter text(String text) {
    return data(utf8(text));
  }

  /** As {@link #text}, for the few texts that come again and again. */
  DigestWriter name(String name) {
    return data(names.computeIfAbsent(name, DigestWriter::utf8));
  }

  DigestWriter value(Value value) {
    return data(value.canonical());
  }

  private DigestWriter data(byte[] bytes) {
    room(Integer.BYTES);
    for (int shift = 24; shift >= 0; shift -= 8) {
      buffer[used++] = (byte) (bytes.length >>> shift);
    }
    return bytes(bytes);
  }

  DigestWriter bytes(byte[] bytes) {
    if (bytes.length > BUFFER_BYTES) {
      flush();
      digest.update(bytes);
      return this;
    }
    room(bytes.length);
    System.arraycopy(bytes, 0, buffer, used, bytes.length);
    used += bytes.length;
    return this;
  }

  private void room(int bytes) {
    if (used + bytes > BUFFER_BYTES) {
      flush();
    }
  }

  private void flush() {
    digest.update(buffer, 0, used);
    used = 0;
  }

  Hash finish() {
    flush();
    return Hash.of(digest);
  }
}
