package dev.sealift.client.recovery;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.link.RecoveryKeys;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The 12 words of a paper key: 128 random bits and 4 bits of checksum, as BIP-39 writes them. Whoever has them has everything that the paper key covers. Prints nothing of them; {@link #words} is the one way to them.
 * Immutable.
 */
public final class RecoveryWords {
  public static final int COUNT = 12;

  private static final int CHECKSUM_BITS = 4;

  /** Nothing, and the number of a word, as in a list. */
  private static final Pattern PASSED_OVER = Pattern.compile("([0-9]+[.):]?)?");

  private final byte[] entropy;

  private RecoveryWords(byte[] owned) {
    this.entropy = owned;
  }

  /** New ones. */
  public static RecoveryWords random() {
    byte[] entropy = new byte[RecoveryKeys.ENTROPY_BYTES];
    new SecureRandom().nextBytes(entropy);
    return new RecoveryWords(entropy);
  }

  static RecoveryWords of(byte[] entropy) {
    if (entropy.length != RecoveryKeys.ENTROPY_BYTES) {
      throw new IllegalArgumentException("12 words stand for 16 bytes, not " + entropy.length);
    }
    return new RecoveryWords(entropy.clone());
  }

  /**
   * Reads what somebody typed. White space, commas, large letters and numbers in front of the words do not matter, and the first four letters of a word are enough.
   *
   * @throws SealiftException {@code BAD_WORDS}; it says which word is none by its number, and repeats nothing of what was typed
   */
  public static RecoveryWords parse(CharSequence typed) {
    List<String> words = Arrays.stream(typed.toString().split("[\\s,]+"))
        .filter(word -> !PASSED_OVER.matcher(word).matches())
        .toList();
    if (words.size() != COUNT) {
      throw bad("A paper key has 12 words, and these are " + words.size() + ".");
    }
    byte[] bits = new byte[RecoveryKeys.ENTROPY_BYTES + 1];
    for (int word = 0; word < COUNT; word++) {
      int number = WordList.find(words.get(word).toLowerCase(Locale.ROOT));
      if (number < 0) {
        throw bad("Word " + (word + 1) + " is none of a paper key's. Look at its letters.");
      }
      put(bits, word, number);
    }
    byte[] entropy = Arrays.copyOf(bits, RecoveryKeys.ENTROPY_BYTES);
    if ((bits[RecoveryKeys.ENTROPY_BYTES] & 0xff) >>> CHECKSUM_BITS != checksum(entropy)) {
      throw bad(
          "Each of the 12 words is one of a paper key's, but together they are none: one is another, or two have changed places. Compare them with the paper.");
    }
    return new RecoveryWords(entropy);
  }

  private static SealiftException bad(String message) {
    return new SealiftException(ErrorCode.BAD_WORDS, message);
  }

  private static void put(byte[] bits, int word, int number) {
    for (int bit = 0; bit < WordList.BITS_A_WORD; bit++) {
      int at = word * WordList.BITS_A_WORD + bit;
      int value = number >>> (WordList.BITS_A_WORD - 1 - bit) & 1;
      bits[at / Byte.SIZE] |= (byte) (value << (Byte.SIZE - 1 - at % Byte.SIZE));
    }
  }

  /** The first bits of its hash. */
  private static int checksum(byte[] entropy) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(entropy);
      return (hash[0] & 0xff) >>> CHECKSUM_BITS;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this platform", e);
    }
  }

  /** The words, to be shown to the person whose they are, and to nobody and nothing else. */
  public List<String> words() {
    byte[] bits = Arrays.copyOf(entropy, RecoveryKeys.ENTROPY_BYTES + 1);
    bits[RecoveryKeys.ENTROPY_BYTES] = (byte) (checksum(entropy) << CHECKSUM_BITS);
    List<String> words = new ArrayList<>(COUNT);
    for (int word = 0; word < COUNT; word++) {
      words.add(WordList.word(number(bits, word)));
    }
    return List.copyOf(words);
  }

  private static int number(byte[] bits, int word) {
    int number = 0;
    for (int bit = 0; bit < WordList.BITS_A_WORD; bit++) {
      int at = word * WordList.BITS_A_WORD + bit;
      number = number << 1 | bits[at / Byte.SIZE] >>> (Byte.SIZE - 1 - at % Byte.SIZE) & 1;
    }
    return number;
  }

  /** What they yield. */
  public RecoveryKeys keys() {
    return RecoveryKeys.derive(entropy);
  }

  @Override
  public String toString() {
    return "the words of a paper key";
  }
}
