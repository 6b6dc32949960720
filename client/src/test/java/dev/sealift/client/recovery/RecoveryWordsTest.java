package dev.sealift.client.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.id.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryWordsTest {
  private static final String WORDS =
      "legal winner thank year wave sausage worth useful legal winner thank yellow";

  private static SealiftException refused(String typed) {
    SealiftException e =
        catchThrowableOfType(SealiftException.class, () -> RecoveryWords.parse(typed));
    assertThat(e.code()).isEqualTo(ErrorCode.BAD_WORDS);
    return e;
  }

  private static String text(RecoveryWords words) {
    return String.join(" ", words.words());
  }

  @Test
  void theListIsThatOfBip39() throws IOException {
    try (InputStream in = WordList.class.getResourceAsStream(WordList.FILE)) {
      assertThat(Hash.of(in.readAllBytes()))
          .hasToString("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
    }
  }

  /** Those of BIP-39 for 12 words: https://github.com/trezor/python-mnemonic/blob/master/vectors.json */
  @ParameterizedTest
  @CsvSource({
    "00000000000000000000000000000000, abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f, legal winner thank year wave sausage worth useful legal winner thank yellow",
    "80808080808080808080808080808080, letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
    "ffffffffffffffffffffffffffffffff, zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
    "7dce4ed2284c9134d026608ab684c05c, lava include region explain simple omit dog slot melt reflect copy reward",
    "5baf069620eff15c71dd97c9a6ee328f, forum join pitch dove yellow purchase shuffle real situate danger million bunker",
    "63deb1e7f0c3de56f4ab43c9d2ae6c86, glow void ketchup thunder digital clock sport half six nice open artefact",
    "00641669f095b433a304ed0f953f28eb, about camera omit thrive forget border metal oval auto prepare sketch stomach",
  })
  void publishedVectorsComeOutBothWays(String entropy, String words) {
    byte[] bytes = HexFormat.of().parseHex(entropy);
    assertThat(text(RecoveryWords.of(bytes))).isEqualTo(words);
    assertThat(text(RecoveryWords.parse(words))).isEqualTo(words);
    assertThat(RecoveryWords.parse(words).keys().epochKey())
        .isEqualTo(RecoveryWords.of(bytes).keys().epochKey());
  }

  @Test
  void whatAPersonTypesIsUnderstood() {
    String numbered = Arrays.stream(WORDS.split(" ")).collect(Collectors.joining("\n 3. "));
    String short4 = Arrays.stream(WORDS.split(" "))
        .map(word -> word.substring(0, Math.min(4, word.length())))
        .collect(Collectors.joining(" "));
    for (String typed : List.of(
        WORDS.toUpperCase(Locale.ROOT),
        "\t" + WORDS.replace(" ", "  \r\n") + "\n",
        WORDS.replace(" ", ", "),
        numbered,
        short4)) {
      assertThat(text(RecoveryWords.parse(typed))).isEqualTo(WORDS);
    }
  }

  @Test
  void fourLettersTellEachWordFromAllOthers() {
    for (int number = 0; number < 2048; number++) {
      String word = WordList.word(number);
      assertThat(WordList.find(word)).isEqualTo(number);
      if (word.length() > 4) {
        assertThat(WordList.find(word.substring(0, 4))).isEqualTo(number);
        assertThat(WordList.find(word.substring(0, word.length() - 1))).isEqualTo(number);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lega1", "wav", "legalx", "legol", "wavé"})
  void aWordThatIsNoneIsToldByItsNumberAlone(String wrong) {
    SealiftException e = refused(WORDS.replace("wave", wrong));
    assertThat(e).hasMessageStartingWith("Word 5 ").hasNoCause();
    assertThat(e.getMessage()).doesNotContain(wrong, "legal", "yellow");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "winner legal thank year wave sausage worth useful legal winner thank yellow",
        "legal winner thank year wave sausage worth useful legal winner thank year",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon"
      })
  void wordsThatDoNotBelongTogetherAreRefused(String typed) {
    assertThat(refused(typed)).hasMessageContaining("together they are none").hasNoCause();
  }

  @Test
  void anotherNumberOfWordsIsRefused() {
    assertThat(refused("")).hasMessageContaining("these are 0");
    assertThat(refused(WORDS + " zoo")).hasMessageContaining("these are 13");
    assertThat(refused("legal winner")).hasMessageContaining("these are 2");
  }

  @Test
  void eachNewKeyHasOtherWords() {
    assertThat(text(RecoveryWords.random())).isNotEqualTo(text(RecoveryWords.random()));
    RecoveryWords words = RecoveryWords.random();
    assertThat(RecoveryWords.parse(text(words)).words()).isEqualTo(words.words());
  }

  @Test
  void printNothingOfThemselves() {
    assertThat(RecoveryWords.parse(WORDS).toString()).doesNotContain("legal", "7f7f");
  }
}
