package dev.sealift.client.recovery;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * The 2,048 English words of BIP-39, sorted; the first four letters of each tell it from all others. The file beside this class is the list as the npm package {@code bip39} 3.1.2 has it
 * ({@code src/wordlists/english.json}), a word a line.
 */
final class WordList {
  static final int BITS_A_WORD = 11;
  static final String FILE = "bip39-english.txt";

  /** Shorter ones are words of three letters, or would fit several. */
  private static final int ENOUGH_LETTERS = 4;

  private static final List<String> WORDS = read();

  private WordList() {}

  private static List<String> read() {
    try (InputStream in = Objects.requireNonNull(WordList.class.getResourceAsStream(FILE))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the list of words cannot be read", e);
    }
  }

  static String word(int number) {
    return WORDS.get(number);
  }

  /** The number of a word in small letters, or of the one that begins with at least four such; below 0 for none. */
  static int find(String typed) {
    int at = Collections.binarySearch(WORDS, typed);
    if (at >= 0) {
      return at;
    }
    int next = -at - 1;
    boolean begins = typed.length() >= ENOUGH_LETTERS
        && next < WORDS.size()
        && WORDS.get(next).startsWith(typed);
    return begins ? next : -1;
  }
}
