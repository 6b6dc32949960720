package dev.sealift.ops.hostile;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.sync.EvidenceVerdict.Conclusion;
import dev.sealift.client.sync.Violation;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a device has to answer to a lie. */
sealed interface Expected {
  /** In a few words, for people. */
  String text();

  /**
   * It names it.
   *
   * @param violations one of these
   * @param conclusion what whoever gets the evidence comes to; empty where there is none, which SECURITY.md says
   */
  record Named(Set<Violation> violations, Optional<Conclusion> conclusion) implements Expected {
    public Named {
      violations = Set.copyOf(violations);
    }

    @Override
    public String text() {
      return violations.stream().map(Violation::name).sorted().collect(Collectors.joining(" or "))
          + conclusion
              .map(what -> ", evidence " + what.name().toLowerCase(Locale.ROOT))
              .orElse(", without evidence");
    }
  }

  /** It does not believe that this is its mesh: nothing that came is signed for its connection, so nobody can be named. */
  record Refused(ErrorCode code) implements Expected {
    @Override
    public String text() {
      return "refused: " + code;
    }
  }

  /** Those who hold the files contest a compaction, and what they show of its author is confirmed. */
  record Contested() implements Expected {
    @Override
    public String text() {
      return "compaction contested, evidence confirmed";
    }
  }

  /** It cannot tell, or need not: it goes on, and loses nothing. Such a lie is told and looked at, and not counted. */
  record Survived(String why) implements Expected {
    @Override
    public String text() {
      return "not counted: " + why;
    }
  }

  /** The notary's own signatures show it. */
  static Expected confirmed(Violation... named) {
    return named(Optional.of(Conclusion.CONFIRMED), named);
  }

  /** Only the device can say that it was sent. */
  static Expected reported(Violation... named) {
    return named(Optional.of(Conclusion.REPORTED), named);
  }

  static Expected withoutEvidence(Violation... named) {
    return named(Optional.empty(), named);
  }

  private static Expected named(Optional<Conclusion> conclusion, Violation... named) {
    return new Named(Arrays.stream(named).collect(Collectors.toSet()), conclusion);
  }
}
