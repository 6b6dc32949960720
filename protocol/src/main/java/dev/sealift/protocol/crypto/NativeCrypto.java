package dev.sealift.protocol.crypto;

import java.security.Provider;
import java.security.Security;
import java.util.Optional;

/**
 * Conscrypt, where it is on the class path and has code for this machine: then Tink has it sign and verify, in a third of the time
 * that its own Java takes. Without it everything works the same.
 */
public final class NativeCrypto {
  private static final String NAME = "Conscrypt";

  private static final Optional<Provider> FOUND = find();

  private NativeCrypto() {}

  /** Whether signatures are made and checked by native code. */
  public static boolean isUsed() {
    return FOUND.isPresent();
  }

  private static Optional<Provider> find() {
    try {
      Provider provider = Security.getProvider(NAME);
      if (provider == null) {
        Class<?> conscrypt = Class.forName("org.conscrypt.Conscrypt");
        provider = (Provider) conscrypt.getMethod("newProvider").invoke(null);
      }
      return enable(provider);
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      return Optional.empty(); // not there, or nothing for this machine
    }
  }

  /**
   * Tink looks for a provider of this name, and in it for an algorithm called Ed25519; Conscrypt calls it EdDSA, and knows no other with
   * that name. Added last, so that nobody who does not ask for it by name gets it.
   */
  private static Optional<Provider> enable(Provider provider) {
    if (provider.getService("Signature", "EdDSA") == null) {
      return Optional.empty(); // from before it had Ed25519
    }
    provider.putIfAbsent("Alg.Alias.KeyFactory.Ed25519", "EdDSA");
    provider.putIfAbsent("Alg.Alias.Signature.Ed25519", "EdDSA");
    Security.addProvider(provider);
    return Optional.of(provider);
  }
}
