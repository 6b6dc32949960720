package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sealift.client.store.JdbcDriver;

/** The build of {@code sqlite-jdbc} that encrypts, on which the surefire execution "cipher" runs its tests. */
public final class CipherBuild {
  private CipherBuild() {}

  /** In that execution it has to be there; a test that was asked for by name is skipped on the other. */
  public static void require() {
    boolean encrypts = new JdbcDriver().encrypts();
    assumeTrue(encrypts || Boolean.getBoolean("sealift.cipher"), "this SQLite cannot encrypt");
    assertThat(encrypts).isTrue();
  }
}
