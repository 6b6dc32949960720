package dev.sealift.ops.cli;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number with a unit, as 90s. */
final class TimeOption implements ITypeConverter<Duration> {
  private static final Map<String, ChronoUnit> UNITS = Map.of(
      "s",
      ChronoUnit.SECONDS,
      "m",
      ChronoUnit.MINUTES,
      "h",
      ChronoUnit.HOURS,
      "d",
      ChronoUnit.DAYS);

  /** As many digits as no unit makes too large for a duration. */
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})([smhd])");

  @Override
  public Duration convert(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException("it is a number and a unit, as 90s, 30m, 24h or 7d");
    }
    return Duration.of(Long.parseLong(matcher.group(1)), UNITS.get(matcher.group(2)));
  }
}
