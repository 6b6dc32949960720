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

  /** Whether native code is there for signatures and Tink was told of it. An answer of Tink's own is not to be had. */
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
   * that name. Added last, so that other code gets it only for what no provider before it has, or by asking for it by name.
   */
  private static Optional<Provider> enable(Provider provider) {
    boolean complete = provider.getService("Signature", "EdDSA") != null
        && provider.getService("KeyFactory", "EdDSA") != null;
    if (!complete) {
      return Optional.empty(); // from before it had Ed25519
    }
    provider.putIfAbsent("Alg.Alias.KeyFactory.Ed25519", "EdDSA");
    provider.putIfAbsent("Alg.Alias.Signature.Ed25519", "EdDSA");
    Security.addProvider(provider);
    return Optional.of(provider);
  }
}
