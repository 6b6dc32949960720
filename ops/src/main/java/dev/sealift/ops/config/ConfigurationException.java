package dev.sealift.ops.config;

/** A setting that cannot be: unknown, twice, or with a value of the wrong kind. Its message names the place. */
public final class ConfigurationException extends Exception {
  ConfigurationException(String message) {
    super(message);
  }
}
