package dev.sealift.ops.csv;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Finds the line with the first bytes that are not UTF-8. */
final class MalformedLine {
  private static final int CHUNK = 64 << 10;

  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
  private final CharBuffer characters = CharBuffer.allocate(CHUNK);
  private long line = 1;

  long find(InputStream in) throws IOException {
    boolean end = false;
    while (!end) {
      int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
      end = count < 0;
      bytes.position(bytes.position() + Math.max(0, count)).flip();
      CoderResult result = decoder.decode(bytes, characters, end);
      countLines();
      if (result.isError()) {
        return line;
      }
      bytes.compact();
    }
    return line;
  }

  private void countLines() {
    characters.flip();
    while (characters.hasRemaining()) {
      if (characters.get() == '\n') {
        line++;
      }
    }
    characters.clear();
  }
}
