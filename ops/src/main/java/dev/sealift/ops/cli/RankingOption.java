package dev.sealift.ops.cli;

import dev.sealift.client.Ranking;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The rank rules by the names that the command line has for them. */
final class RankingOption implements ITypeConverter<Ranking> {
  static String name(Ranking ranking) {
    return ranking.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Ranking convert(String text) {
    return Arrays.stream(Ranking.values())
        .filter(ranking -> name(ranking).equals(text))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException("it is one of "
            + Arrays.stream(Ranking.values())
                .map(RankingOption::name)
                .collect(Collectors.joining(", "))));
  }
}
