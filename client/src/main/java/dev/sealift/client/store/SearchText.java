package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.util.ArrayList;
import java.util.List;

/** What a person writes to search for something, as FTS5 wants it. Nothing that is written is an operator, but for a star behind a word. */
final class SearchText {
  /** Much more than anybody searches for, and little work for an index. */
  static final int MAX_CHARS = 1_000;

  static final int MAX_WORDS = 32;

  private SearchText() {}

  /**
   * All words, in any order: each as it is, or as the beginning of one when it has a star behind it.
   *
   * @throws StoreException {@code BAD_QUERY} when there is no word in it, or too much
   */
  static String toQuery(String text) {
    if (text.length() > MAX_CHARS) {
      throw refused("a search may have " + MAX_CHARS + " characters; write a few words");
    }
    List<String> terms = new ArrayList<>();
    for (String word : text.split("[\\s\\p{Cntrl}\\p{Z}]+", -1)) {
      if (word.codePoints().anyMatch(SearchText::isPartOfWords)) {
        terms.add(term(word));
      }
    }
    if (terms.isEmpty()) {
      throw refused("there is no word to search for; write one, of letters or digits");
    }
    if (terms.size() > MAX_WORDS) {
      throw refused("a search may have " + MAX_WORDS + " words; write fewer");
    }
    return String.join(" AND ", terms);
  }

  private static String term(String word) {
    return '"' + word.replace("\"", "\"\"") + '"' + (word.endsWith("*") ? " *" : "");
  }

  /** Others part words. */
  private static boolean isPartOfWords(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER
        || type == Character.PRIVATE_USE;
  }

  private static StoreException refused(String message) {
    return new StoreException(Code.BAD_SEARCH, message);
  }
}
