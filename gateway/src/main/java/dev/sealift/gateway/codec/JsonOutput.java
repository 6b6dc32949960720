package dev.sealift.gateway.codec;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Where JSON goes: to be counted, or to be kept. */
interface JsonOutput {
  void ascii(String text);

  void base64(ByteString bytes);

  /** Counts, without making anything. */
  final class Length implements JsonOutput {
    private int bytes;

    @Override
    public void ascii(String text) {
      bytes += text.length();
    }

    @Override
    public void base64(ByteString value) {
      bytes += (value.size() + 2) / 3 * 4;
    }

    int bytes() {
      return bytes;
    }
  }

  /** Keeps, in an array of the length that was counted. */
  final class Bytes implements JsonOutput {
    private final ByteBuffer buffer;

    Bytes(int length) {
      buffer = ByteBuffer.allocate(length);
    }

    @Override
    public void ascii(String text) {
      buffer.put(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void base64(ByteString value) {
      buffer.put(Base64.getEncoder().encode(value.toByteArray()));
    }

    byte[] all() {
      return buffer.array();
    }
  }
}
