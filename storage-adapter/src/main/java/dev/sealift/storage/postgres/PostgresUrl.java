package dev.sealift.storage.postgres;

import dev.sealift.storage.postgres.PostgresOptions.Host;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code postgres://USER@HOST[:PORT][,HOST[:PORT]…]/DATABASE[?sslmode=verify-full|disable]}. Beyond loopback
 * TLS is checked in full unless the URL says otherwise; there is nothing between, since what checks nothing
 * protects from nobody.
 */
public final class PostgresUrl {
  private static final Pattern URL =
      Pattern.compile("postgres(?:ql)?://(?:([^@/]*)@)?([^/?@]+)/([^/?]+)(?:\\?(.*))?");

  private static final Pattern HOST =
      Pattern.compile("(?:\\[([^\\]]+)\\]|([^:\\[\\]]+))(?::(\\d{1,5}))?");

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

  private static final int DEFAULT_PORT = 5432;

  private PostgresUrl() {}

  public static boolean isOne(String url) {
    return url.startsWith("postgres://") || url.startsWith("postgresql://");
  }

  /** @throws IllegalArgumentException with a sentence for people, which repeats nothing of the URL */
  public static PostgresOptions parse(
      String url, Optional<Path> passwordFile, Optional<Path> caFile) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "A PostgreSQL store is written postgres://USER@HOST:PORT/DATABASE.");
    }
    String user = user(parts.group(1));
    List<Host> hosts =
        Arrays.stream(parts.group(2).split(",", -1)).map(PostgresUrl::host).toList();
    boolean local = hosts.stream().allMatch(host -> LOOPBACK.contains(host.name()));
    return PostgresOptions.of(
        hosts, decoded(parts.group(3)), user, passwordFile, tls(parts.group(4), local), caFile);
  }

  private static String user(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      throw new IllegalArgumentException(
          "The store's URL names no user: postgres://USER@HOST:PORT/DATABASE.");
    }
    if (text.contains(":")) {
      throw passwordInside();
    }
    return decoded(text);
  }

  private static IllegalArgumentException passwordInside() {
    return new IllegalArgumentException(
        "The store's URL has a password in it, which every list of processes would show. Put it into a file and"
            + " name that with --store-password-file.");
  }

  private static Host host(String text) {
    Matcher parts = HOST.matcher(text);
    int port =
        parts.matches() && parts.group(3) != null ? Integer.parseInt(parts.group(3)) : DEFAULT_PORT;
    if (!parts.matches() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "The hosts of the store's URL are written HOST:PORT, with commas between.");
    }
    return new Host(parts.group(1) == null ? parts.group(2) : parts.group(1), port);
  }

  private static boolean tls(@Nullable String query, boolean local) {
    boolean tls = !local;
    for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
      switch (parameter) {
        case "sslmode=verify-full" -> tls = true;
        case "sslmode=disable" -> tls = false;
        default -> {
          if (parameter.startsWith("password=")) {
            throw passwordInside();
          }
          throw new IllegalArgumentException(
              "After the question mark of the store's URL may stand sslmode=verify-full or sslmode=disable.");
        }
      }
    }
    return tls;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
