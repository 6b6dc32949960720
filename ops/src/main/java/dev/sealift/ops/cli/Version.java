package dev.sealift.ops.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
final class Version implements IVersionProvider {
  private static final String PLACE = "/META-INF/maven/dev.sealift/sealift-ops/pom.properties";

  static String text() {
    Properties properties = new Properties();
    try (InputStream stream = Version.class.getResourceAsStream(PLACE)) {
      if (stream != null) {
        properties.load(stream);
      }
    } catch (IOException e) {
      // The version is for people to read; a command works without it.
    }
    return properties.getProperty("version", "development");
  }

  /** The commit that the launcher was started from, if it could tell. */
  static String commit() {
    return System.getProperty("sealift.commit", "unknown");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"sealift " + text()};
  }
}
