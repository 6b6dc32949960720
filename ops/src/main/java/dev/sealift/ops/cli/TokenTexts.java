package dev.sealift.ops.cli;

import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.admission.SpaceQuota;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How people write what stands in a token, and how it is shown to them. */
final class TokenTexts {
  private static final Pattern NUMBER = Pattern.compile("([1-9][0-9]{0,14})([KMGT]?)");
  private static final Pattern SPAN = Pattern.compile("([1-9][0-9]{0,5})([dh])");
  private static final String POWERS = "KMGT";
  private static final long MOST = Long.MAX_VALUE >> 1;

  private TokenTexts() {}

  /** Of an option that was not given: 0, which leaves it to the mesh. */
  static long number(String option, @Nullable String text) throws Refusal {
    if (text == null) {
      return 0;
    }
    Matcher parts = NUMBER.matcher(text);
    if (parts.matches()) {
      long digits = Long.parseLong(parts.group(1));
      int shift = parts.group(2).isEmpty() ? 0 : 10 * (1 + POWERS.indexOf(parts.group(2)));
      if (digits < MOST >> shift) {
        return digits << shift;
      }
    }
    throw new Refusal(
        Refusal.WRONG_USAGE, option + " is a number from 1 on, or one with K, M, G or T.");
  }

  /** Unix milliseconds, after {@code nowMillis}. */
  static long expiry(String text, long nowMillis) throws Refusal {
    long expiry = 0;
    Matcher span = SPAN.matcher(text);
    try {
      if (span.matches()) {
        long count = Long.parseLong(span.group(1));
        Duration duration =
            span.group(2).equals("d") ? Duration.ofDays(count) : Duration.ofHours(count);
        expiry = nowMillis + duration.toMillis();
      } else {
        expiry = LocalDate.parse(text)
            .plusDays(1)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant()
            .toEpochMilli();
      }
    } catch (DateTimeException | ArithmeticException e) {
      expiry = 0; // said below
    }
    if (expiry <= nowMillis || expiry >= AdmissionToken.MAX_MILLIS) {
      throw new Refusal(
          Refusal.WRONG_USAGE,
          "--expires is a time to come: in days or hours (90d, 12h), or a day (2027-01-31).");
    }
    return expiry;
  }

  static JsonObject json(AdmissionToken token) {
    SpaceQuota quota = token.quota();
    return new JsonObject()
        .put("token", token.text())
        .put("tenant", HexFormat.of().formatHex(token.tenant().toByteArray()))
        .put("serial", Long.toUnsignedString(token.serial()))
        .put("issued", Instant.ofEpochMilli(token.issuedAtMillis()).toString())
        .put("expires", Instant.ofEpochMilli(token.expiresAtMillis()).toString())
        .put("bytes", quota.storedBytes())
        .put("files", quota.storedFiles())
        .put("connections", quota.connections())
        .put("deviceConnections", quota.deviceConnections())
        .put("bytesPerSecond", quota.bytesPerSecond())
        .put("filesPerSecond", quota.filesPerSecond())
        .put("deviceBytesPerSecond", quota.deviceBytesPerSecond())
        .put("deviceFramesPerSecond", quota.deviceFramesPerSecond());
  }
}
