package dev.sealift.ops.simulate;

import dev.sealift.protocol.crypto.NativeCrypto;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * What {@link SecureRandom} draws from in a JVM that simulates: on a {@link RunThread} from the run's seed, on all others as ever. So nothing in what is run has to know of seeds, and neither has Tink, which
 * cannot be told what to draw from. In a JVM where keys were drawn before it was installed something goes on to draw from the platform, and a run is not one of its seed alone.
 */
public final class RunRandom extends SecureRandomSpi {
  private static final long serialVersionUID = 1L;

  /** Made before anything is installed, so the platform's. */
  private static final SecureRandom OTHERS = new SecureRandom();

  private static final String TYPE = "SecureRandom";
  private static final String CONSCRYPT = "Conscrypt";

  /** By this name Tink asks Conscrypt, and nobody else, where that is there. */
  private static final String OF_TINK = "SHA1PRNG";

  /** Conscrypt draws these where nobody reaches; Tink makes them of what it draws itself, where Conscrypt has none. */
  private static final String EPHEMERAL_KEYS = "KeyPairGenerator.XDH";

  private static boolean isInstalled;

  /** By reflection, as {@link SecureRandom} does. */
  public RunRandom() {}

  /** From now on who makes a {@link SecureRandom} has this one. */
  static synchronized void install() {
    if (!isInstalled) {
      keepPlatforms();
      Security.insertProviderAt(new OfRuns(), 1);
      if (NativeCrypto.isUsed()) {
        installInto(Security.getProvider(CONSCRYPT));
      }
      isInstalled = true;
    }
  }

  /** Of those that make ids with it something keeps one for good, which has to be the same for the first run as for all others. */
  private static void keepPlatforms() {
    UUID.randomUUID();
  }

  private static void installInto(Provider conscrypt) {
    conscrypt.put(TYPE + "." + OF_TINK, RunRandom.class.getName());
    conscrypt.remove(EPHEMERAL_KEYS);
  }

  private static final class OfRuns extends Provider {
    private static final long serialVersionUID = 1L;

    OfRuns() {
      super("SealiftSimulation", "1", "draws from the seed of a run");
      put(TYPE + ".OfRun", RunRandom.class.getName());
    }
  }

  @Override
  protected void engineNextBytes(byte[] bytes) {
    if (Thread.currentThread() instanceof RandomGenerator seeded) {
      seeded.nextBytes(bytes);
    } else {
      OTHERS.nextBytes(bytes);
    }
  }

  @Override
  protected byte[] engineGenerateSeed(int count) {
    byte[] seed = new byte[count];
    engineNextBytes(seed);
    return seed;
  }

  @Override
  protected void engineSetSeed(byte[] seed) {
    // What a run draws goes by its own seed alone, and others do without more.
  }
}
