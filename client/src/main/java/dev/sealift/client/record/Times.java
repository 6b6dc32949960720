package dev.sealift.client.record;

import dev.sealift.client.error.SealiftException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/**
 * Times as ISO 8601 text that sorts as the times do, which SQLite's date functions understand: years of four digits, and always nine digits of a second.
 */
final class Times {
  private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
      .appendPattern("HH:mm:ss")
      .appendFraction(ChronoField.NANO_OF_SECOND, 9, 9, true)
      .toFormatter(Locale.ROOT);

  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private Times() {}

  static String text(Instant instant) {
    if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
      throw tooFar();
    }
    return text(LocalDateTime.ofInstant(instant, ZoneOffset.UTC)) + "Z";
  }

  static String text(LocalDateTime time) {
    return text(time.toLocalDate()) + "T" + text(time.toLocalTime());
  }

  static String text(LocalDate date) {
    if (date.getYear() < 0 || date.getYear() > 9999) {
      throw tooFar();
    }
    return date.toString();
  }

  private static SealiftException tooFar() {
    return RecordShape.invalid(
        "A time is kept with a year of four digits, 0000 to 9999; keep others as whole numbers.");
  }

  static String text(LocalTime time) {
    return TIME.format(time);
  }
}
