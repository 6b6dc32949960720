package dev.sealift.vectors;

import com.google.gson.FormattingStyle;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** protocol/vectors, as seen from the folder of a module. */
final class VectorFolder {
  private static final Path FOLDER = Path.of("..", "protocol", "vectors");
  private static final String END = ".json";
  private static final Gson GSON = new GsonBuilder()
      .setFormattingStyle(FormattingStyle.PRETTY)
      .disableHtmlEscaping()
      .serializeNulls()
      .create();

  private VectorFolder() {}

  static String print(JsonElement json) {
    return GSON.toJson(json) + "\n";
  }

  static String read(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name + END));
  }

  static void write(String name, String text) throws IOException {
    Files.writeString(FOLDER.resolve(name + END), text);
  }

  static Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> !file.equals("README.md"))
          .map(file -> file.endsWith(END) ? file.substring(0, file.length() - END.length()) : file)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
