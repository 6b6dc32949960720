package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.util.Locale;
import java.util.Set;

/**
 * Says early, and in words, what the read-only connection would refuse anyway, and what the driver would pass over: anything
 * but one statement that reads.
 */
final class QueryGuard {
  private static final Set<String> READING = Set.of("SELECT", "WITH", "VALUES", "EXPLAIN");

  /**
   * What a SQLite with ciphers has beside SQLite's own: it reads and writes files, runs SQL out of a text, or tells of the encryption, and
   * neither a connection that cannot write nor the driver keeps a query from it.
   */
  private static final Set<String> BEYOND_THE_SPACE = Set.of(
      "READFILE",
      "WRITEFILE",
      "FSDIR",
      "LSMODE",
      "SHA3_QUERY",
      "SQLITE_CRYPT",
      "SQLITE3MC_CODEC_DATA",
      "SQLITE3MC_CONFIG",
      "SQLITE3MC_CONFIG_TABLE");

  /** Those of them that are tables, whose names SQLite takes from a text, too. */
  private static final Set<String> TABLES_BEYOND_THE_SPACE =
      Set.of("FSDIR", "SQLITE3MC_CONFIG_TABLE");

  /** The first character that SQLite takes for one of a name whatever it is. */
  private static final char BEYOND_ASCII = 0x80;

  private final String sql;
  private int at;

  private QueryGuard(String sql) {
    this.sql = sql;
  }

  /**
   * @throws StoreException when it is not one statement that reads
   */
  static void requireOneQuery(String sql) {
    QueryGuard guard = new QueryGuard(sql);
    guard.skipBlank();
    String word = guard.word();
    if (word.isEmpty()) {
      throw new StoreException(Code.BAD_QUERY, "the query is empty; write a SELECT");
    }
    if (!READING.contains(word)) {
      throw new StoreException(
          Code.NOT_A_QUERY,
          "a query begins with SELECT, WITH, VALUES or EXPLAIN; use put, patch and remove to write");
    }
    guard.skipStatement();
    guard.skipBlank();
    if (guard.at < sql.length()) {
      throw new StoreException(
          Code.BAD_QUERY,
          "there is something after the query's semicolon; ask one query at a time");
    }
  }

  /**
   * @throws StoreException when it has no result, or another number of parameters
   */
  static void requireFitting(Statement statement, int arguments) {
    if (statement.columns() == 0) {
      throw new StoreException(
          Code.NOT_A_QUERY,
          "this would write and has no result; use put, patch and remove to write");
    }
    int parameters = statement.parameters();
    if (parameters != arguments) {
      throw new StoreException(
          Code.BAD_QUERY,
          "the query has " + parameters + " parameters and " + arguments + " arguments were given");
    }
  }

  private String word() {
    int from = at;
    while (at < sql.length() && isOfName(sql.charAt(at))) {
      at++;
    }
    return sql.substring(from, at).toUpperCase(Locale.ROOT);
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c >= BEYOND_ASCII;
  }

  private static void requireOfTheSpace(char quote, String name) {
    if (quote != '\'' || TABLES_BEYOND_THE_SPACE.contains(name)) {
      requireOfTheSpace(name);
    }
  }

  private static void requireOfTheSpace(String name) {
    if (BEYOND_THE_SPACE.contains(name)) {
      throw new StoreException(
          Code.NOT_A_QUERY, "a query reads the space and nothing else; leave files to the app");
    }
  }

  /** Goes behind all blanks, comments and semicolons. */
  private void skipBlank() {
    while (at < sql.length()) {
      if (isBlank(sql.charAt(at))) {
        at++;
      } else if (!skipComment()) {
        return;
      }
    }
  }

  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || c == ';';
  }

  /** Goes behind the statement's semicolon, or to the end. */
  private void skipStatement() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == ';') {
        at++;
        return;
      }
      if (c == '\'' || c == '"' || c == '`' || c == '[') {
        String quoted = skipQuoted(c == '[' ? ']' : c);
        requireOfTheSpace(c, quoted.toUpperCase(Locale.ROOT));
      } else if (isOfParameter(c)) {
        skipParameter();
      } else if (isOfName(c)) {
        requireOfTheSpace(word());
      } else if (!skipComment()) {
        at++;
      }
    }
  }

  private static boolean isOfParameter(char c) {
    return c == '?' || c == ':' || c == '@' || c == '#' || c == '$';
  }

  /** Goes behind a parameter. SQLite takes what stands in parentheses behind its name for a part of it, quotes and semicolons too. */
  private void skipParameter() {
    int from = at;
    boolean isNumbered = sql.charAt(at) == '?';
    at++;
    while (at < sql.length() && isOfParameter(isNumbered, at)) {
      at++;
    }
    if (at < sql.length() && sql.charAt(at) == '(' && at > from + 1) {
      throw new StoreException(
          Code.BAD_QUERY, "a parameter has a name of letters and digits, and nothing behind it");
    }
  }

  private boolean isOfParameter(boolean isNumbered, int place) {
    char c = sql.charAt(place);
    return isNumbered ? c >= '0' && c <= '9' : c == ':' || isOfName(c);
  }

  /** A doubled quote ends one quoted stretch and begins the next, which comes to the same. */
  private String skipQuoted(char end) {
    int from = at + 1;
    int close = sql.indexOf(end, from);
    at = close < 0 ? sql.length() : close + 1;
    return sql.substring(from, close < 0 ? sql.length() : close);
  }

  private boolean skipComment() {
    String end = sql.startsWith("--", at) ? "\n" : sql.startsWith("/*", at) ? "*/" : null;
    if (end == null) {
      return false;
    }
    int close = sql.indexOf(end, at + 2);
    at = close < 0 ? sql.length() : close + end.length();
    return true;
  }
}
