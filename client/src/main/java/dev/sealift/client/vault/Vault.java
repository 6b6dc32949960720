package dev.sealift.client.vault;

import com.google.crypto.tink.subtle.AesGcmJce;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Properties;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * A home's master key, under which everything secret in the home is sealed: device keys, epoch keys, an open invitation.
 *
 * <p>The file {@code vault} holds it in clear (file mode 0600) or, when a passphrase is given at its making, sealed by AES-256-GCM
 * under a key that Argon2id (RFC 9106, its second recommended setting) stretches from the passphrase. Thread-safe.
 */
public final class Vault {
  /** What sealing adds: a nonce before and a tag behind. */
  public static final int SEALING_OVERHEAD = 12 + 16;

  private static final int VERSION = 1;
  private static final int KEY_BYTES = 32;
  private static final int SALT_BYTES = 16;

  /** RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes. */
  private static final int ARGON2_KIB = 64 << 10;

  private static final int ARGON2_PASSES = 3;
  private static final int ARGON2_LANES = 4;

  /** A vault that asks for more than this would make opening it an attack. */
  private static final int MAX_ARGON2_KIB = 1 << 20;

  private static final int MAX_ARGON2_PASSES = 64;
  private static final int MAX_ARGON2_LANES = 64;
  private static final byte[] MASTER_CONTEXT =
      "sealift.v1 vault".getBytes(StandardCharsets.US_ASCII);

  private final AesGcmJce master;
  private final boolean hasPassphrase;

  private Vault(byte[] masterKey, boolean hasPassphrase) {
    this.master = cipher(masterKey);
    this.hasPassphrase = hasPassphrase;
  }

  /** Whether a passphrase stands in the way of whoever has the vault's file. */
  public boolean hasPassphrase() {
    return hasPassphrase;
  }

  /**
   * Opens a home's vault, and makes it when there is none.
   *
   * @param passphrase null for none
   * @throws SealiftException {@code WRONG_PASSPHRASE}, {@code NEWER_VERSION}, {@code STORE_DAMAGED} or {@code STORE_FAILED}
   */
  public static Vault open(Path file, char @Nullable [] passphrase) {
    try {
      return Files.exists(file) ? read(file, passphrase) : make(file, passphrase);
    } catch (CharacterCodingException e) {
      throw damaged(e);
    } catch (IOException e) {
      throw new SealiftException(
          ErrorCode.STORE_FAILED,
          "The vault of this home cannot be read or written: " + e.getMessage() + ".",
          e);
    }
  }

  private static SealiftException damaged(Exception cause) {
    return new SealiftException(
        ErrorCode.STORE_DAMAGED,
        "The vault of this home is damaged. Restore it from a backup.",
        cause);
  }

  /** Seals a secret. Only {@link #open(String, byte[])} with the same context gives it back. */
  public byte[] seal(String context, byte[] secret) {
    try {
      return master.encrypt(secret, context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to seal", e);
    }
  }

  /**
   * @throws SealiftException {@code STORE_DAMAGED} when it was not sealed in this vault and this context
   */
  public byte[] open(String context, byte[] sealed) {
    try {
      return master.decrypt(sealed, context.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new SealiftException(
          ErrorCode.STORE_DAMAGED,
          "A secret in this home does not open with the home's vault. Restore vault and spaces from the same backup.",
          e);
    }
  }

  private static Vault make(Path file, char @Nullable [] passphrase) throws IOException {
    byte[] key = random(KEY_BYTES);
    Properties properties = new Properties();
    properties.setProperty("version", Integer.toString(VERSION));
    if (passphrase == null) {
      properties.setProperty("protection", "none");
      properties.setProperty("key", encode(key));
    } else {
      byte[] salt = random(SALT_BYTES);
      properties.setProperty("protection", "argon2id");
      properties.setProperty("salt", encode(salt));
      properties.setProperty("kib", Integer.toString(ARGON2_KIB));
      properties.setProperty("passes", Integer.toString(ARGON2_PASSES));
      properties.setProperty("lanes", Integer.toString(ARGON2_LANES));
      properties.setProperty(
          "key",
          encode(sealKey(stretch(passphrase, salt, ARGON2_KIB, ARGON2_PASSES, ARGON2_LANES), key)));
    }
    StringWriter text = new StringWriter();
    properties.store(
        text,
        "Sealift vault. Whoever has this file and no passphrase stands in the way reads everything.");
    PrivateFiles.writeAtomically(file, text.toString().getBytes(StandardCharsets.UTF_8));
    return new Vault(key, passphrase != null);
  }

  private static Vault read(Path file, char @Nullable [] passphrase) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    try {
      Properties properties = new Properties();
      properties.load(new StringReader(text));
      requireKnown(properties.getProperty("version", ""));
      return new Vault(readKey(properties, passphrase), passphrase != null);
    } catch (IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  private static void requireKnown(String version) {
    if (Integer.parseInt(version) > VERSION) {
      throw new SealiftException(
          ErrorCode.NEWER_VERSION,
          "The vault was written by a newer version of Sealift. Update to open this home.");
    }
    if (Integer.parseInt(version) < VERSION) {
      throw new IllegalArgumentException("no such version was ever written");
    }
  }

  private static byte[] readKey(Properties properties, char @Nullable [] passphrase) {
    byte[] key = decode(properties, "key");
    switch (properties.getProperty("protection", "")) {
      case "none":
        if (passphrase != null) {
          throw new SealiftException(
              ErrorCode.WRONG_PASSPHRASE,
              "This home is not protected by a passphrase: open it without one, and do not rely on one.");
        }
        return checkedKey(key);
      case "argon2id":
        if (passphrase == null) {
          throw new SealiftException(
              ErrorCode.WRONG_PASSPHRASE,
              "This home is protected by a passphrase: give it to open the home.");
        }
        return openKey(properties, passphrase, key);
      default:
        throw new IllegalArgumentException("unknown protection");
    }
  }

  private static byte[] openKey(Properties properties, char[] passphrase, byte[] sealed) {
    byte[] stretched = stretch(
        passphrase,
        decode(properties, "salt"),
        number(properties, "kib", MAX_ARGON2_KIB),
        number(properties, "passes", MAX_ARGON2_PASSES),
        number(properties, "lanes", MAX_ARGON2_LANES));
    try {
      return checkedKey(cipher(stretched).decrypt(sealed, MASTER_CONTEXT));
    } catch (GeneralSecurityException e) {
      throw new SealiftException(
          ErrorCode.WRONG_PASSPHRASE, "The passphrase is not the one of this home.", e);
    }
  }

  private static byte[] sealKey(byte[] stretched, byte[] key) {
    try {
      return cipher(stretched).encrypt(key, MASTER_CONTEXT);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to seal", e);
    }
  }

  private static byte[] stretch(char[] passphrase, byte[] salt, int kib, int passes, int lanes) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
        .withMemoryAsKB(kib)
        .withIterations(passes)
        .withParallelism(lanes)
        .withSalt(salt)
        .build());
    byte[] key = new byte[KEY_BYTES];
    generator.generateBytes(passphrase, key);
    return key;
  }

  private static AesGcmJce cipher(byte[] key) {
    try {
      return new AesGcmJce(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is missing from this platform", e);
    }
  }

  private static byte[] checkedKey(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("a master key is 32 bytes long");
    }
    return key;
  }

  private static int number(Properties properties, String name, int max) {
    int value = Integer.parseInt(properties.getProperty(name, ""));
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + " is out of bounds");
    }
    return value;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] decode(Properties properties, String name) {
    return Base64.getDecoder().decode(properties.getProperty(name, ""));
  }
}
