package dev.sealift.client.store;

import java.util.ArrayList;
import java.util.List;

/**
 * A row that a search found.
 *
 * @param snippet a part of the text in which most was found, with … where there is more of it
 * @param matches what was found in the snippet, in order
 */
public record SearchHit(String key, String snippet, List<Match> matches) {
  /** From the char at {@code from} up to but not including the one at {@code to}. */
  public record Match(int from, int to) {}

  public SearchHit {
    matches = List.copyOf(matches);
  }

  /** Takes the marks out of a snippet of {@link SearchSql#search}. Other marks than pairs are the text's own, and go too. */
  static SearchHit of(String key, String marked) {
    StringBuilder snippet = new StringBuilder(marked.length());
    List<Match> matches = new ArrayList<>();
    int from = -1;
    for (int i = 0; i < marked.length(); i++) {
      char c = marked.charAt(i);
      if (c == SearchSql.MATCH_BEGIN) {
        from = snippet.length();
      } else if (c == SearchSql.MATCH_END) {
        if (from >= 0 && from < snippet.length()) {
          matches.add(new Match(from, snippet.length()));
        }
        from = -1;
      } else {
        snippet.append(c);
      }
    }
    return new SearchHit(key, snippet.toString(), matches);
  }
}
