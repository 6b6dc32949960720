package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import java.util.regex.Pattern;

/** What a home may call a space: a name that is a file's on every system. */
final class SpaceNames {
  static final int MAX_LENGTH = 64;

  private static final Pattern VALID =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9 _-]{0,62}[A-Za-z0-9_-]|[A-Za-z0-9]");

  private SpaceNames() {}

  static boolean isValid(String name) {
    return VALID.matcher(name).matches();
  }

  static void require(String name) {
    if (!isValid(name)) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "A space's name has 1 to 64 letters (a to z), digits, spaces, - and _, and starts with a letter or digit.");
    }
  }
}
