package dev.sealift.ops.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Looks for many texts in files, byte by byte and in any place. Texts that are too short are left out: they occur in random
 * bytes by chance.
 */
final class PlaintextSearch {
  /** Six given bytes occur by chance in 10 MB of random ones once in 30 million tries. */
  static final int MIN_TEXT_BYTES = 6;

  private static final int WINDOW_BYTES = 1 << 20;
  private static final int PREFIX_BYTES = 4;

  private final Map<Integer, List<byte[]>> textsByPrefix = new HashMap<>();
  private final BitSet firstTwo = new BitSet(1 << Short.SIZE);
  private int longest;

  PlaintextSearch(Collection<String> texts) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length >= MIN_TEXT_BYTES) {
        textsByPrefix
            .computeIfAbsent(prefix(bytes, 0), prefix -> new ArrayList<>())
            .add(bytes);
        firstTwo.set(prefix(bytes, 0) >>> Short.SIZE);
        longest = Math.max(longest, bytes.length);
      }
    }
  }

  int texts() {
    return textsByPrefix.values().stream().mapToInt(List::size).sum();
  }

  /** Which of the texts occur in a file of the folder, or of one below it. */
  Set<String> found(Path folder) throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        search(file, found);
      }
    }
    return found;
  }

  /** Windows overlap by the longest text, so that none is missed on a border. */
  private void search(Path file, Set<String> found) throws IOException {
    byte[] window = new byte[WINDOW_BYTES + longest];
    int kept = 0;
    try (InputStream in = Files.newInputStream(file)) {
      int count;
      while ((count = in.readNBytes(window, kept, window.length - kept)) > 0) {
        int length = kept + count;
        search(window, length, found);
        kept = Math.min(longest, length);
        System.arraycopy(window, length - kept, window, 0, kept);
      }
    }
  }

  private void search(byte[] window, int length, Set<String> found) {
    for (int at = 0; at + PREFIX_BYTES <= length; at++) {
      int prefix = prefix(window, at);
      if (firstTwo.get(prefix >>> Short.SIZE)) {
        for (byte[] text : textsByPrefix.getOrDefault(prefix, List.of())) {
          int end = at + text.length;
          if (end <= length && Arrays.equals(window, at, end, text, 0, text.length)) {
            found.add(new String(text, StandardCharsets.UTF_8));
          }
        }
      }
    }
  }

  private static int prefix(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }
}
