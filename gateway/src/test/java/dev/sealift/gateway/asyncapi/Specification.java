package dev.sealift.gateway.asyncapi;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the specification's tables say of fields. */
final class Specification {
  private static final String TEXT = read();

  private Specification() {}

  /** The words beside a field, with links as they are from outside of the page. */
  static String rule(FieldDescriptor field) {
    return lastCell(field).replace("](#", "](README.md#");
  }

  static boolean isToGateway(FieldDescriptor frame) {
    return lastCell(frame).equals("to gateway");
  }

  private static String lastCell(FieldDescriptor field) {
    Matcher row = Pattern.compile(
            "\\| " + field.getNumber() + " \\| `" + field.getName() + "` \\| [^|]+ \\|(.*?) ?\\|\n")
        .matcher(section(field.getContainingType().getName()));
    if (!row.find()) {
      throw new AssertionError("the specification does not know " + field);
    }
    return row.group(1).trim();
  }

  private static String section(String name) {
    int start = TEXT.indexOf("\n#### " + name + "\n");
    return TEXT.substring(start, TEXT.indexOf("\n#", start + 1));
  }

  private static String read() {
    try {
      return Files.readString(Path.of("../protocol/README.md"));
    } catch (IOException e) {
      throw new AssertionError("tests run in the module's folder", e);
    }
  }
}
