package dev.sealift.ops.config;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** Reads {@code key = value} lines, in the format of Java's properties and in UTF-8. */
final class ConfigurationFile {
  private ConfigurationFile() {}

  static Map<Setting, String> read(Path file) throws ConfigurationException {
    Map<Setting, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, String> line : lines(file).entrySet()) {
      Setting setting =
          Setting.ofKey(line.getKey()).orElseThrow(() -> unknown(file, line.getKey()));
      values.put(setting, line.getValue());
    }
    return values;
  }

  private static Map<String, String> lines(Path file) throws ConfigurationException {
    Lines lines = new Lines();
    try (Reader reader = new StringReader(Files.readString(file))) {
      lines.load(reader);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("There is no configuration file " + file + ".");
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(file + " is not UTF-8 text.");
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          file + " holds a malformed \\u escape; write a backslash as two of them.");
    }
    if (!lines.repeated.isEmpty()) {
      throw new ConfigurationException(
          file + " sets " + lines.repeated + " twice; keep one of the lines.");
    }
    return lines.values;
  }

  private static ConfigurationException unknown(Path file, String key) {
    return new ConfigurationException(file
        + " sets "
        + key
        + ", which is no setting."
        + Suggestion.sentence(
            key, Arrays.stream(Setting.values()).map(Setting::key).toList()));
  }

  /** Java's parser, told to notice repetitions and to keep the order. */
  private static final class Lines extends Properties {
    private final transient Map<String, String> values = new LinkedHashMap<>();
    private transient String repeated = "";

    @Override
    public synchronized Object put(Object key, Object value) {
      if (values.put((String) key, ((String) value).strip()) != null) {
        repeated = (String) key;
      }
      return super.put(key, value);
    }
  }
}
