package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.storage.postgres.PostgresOptions.Host;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostgresUrlTest {
  private static PostgresOptions parse(String url) {
    return PostgresUrl.parse(url, Optional.empty(), Optional.empty());
  }

  @Test
  void severalHostsAndAPortThatIsLeftOutAreUnderstood() {
    PostgresOptions options = parse("postgres://an%40na@a:6000,[fd00::1]:7000,b/files");

    assertThat(options.user()).isEqualTo("an@na");
    assertThat(options.database()).isEqualTo("files");
    assertThat(options.hosts())
        .containsExactly(new Host("a", 6000), new Host("fd00::1", 7000), new Host("b", 5432));
    assertThat(options.place()).isEqualTo("postgres://a:6000,[fd00::1]:7000,b:5432/files");
  }

  @Test
  void tlsIsCheckedBeyondLoopbackUnlessTheUrlSaysOtherwise() {
    assertThat(parse("postgres://u@127.0.0.1/d").tls()).isFalse();
    assertThat(parse("postgres://u@[::1],localhost/d").tls()).isFalse();
    assertThat(parse("postgres://u@localhost/d?sslmode=verify-full").tls()).isTrue();
    assertThat(parse("postgres://u@db/d").tls()).isTrue();
    assertThat(parse("postgres://u@localhost,db/d").tls()).isTrue();
    assertThat(parse("postgres://u@db/d?sslmode=disable").tls()).isFalse();
  }

  @Test
  void aPasswordInsideIsRefusedAndNotRepeated() {
    for (String url :
        new String[] {"postgres://u:secret@db/d", "postgres://u@db/d?password=secret"}) {
      assertThatThrownBy(() -> parse(url))
          .hasMessageContaining("--store-password-file")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void whatIsHalfSecureOrNoUrlIsRefused() {
    for (String url : new String[] {
      "postgres://u@db/d?sslmode=require",
      "postgres://db/d",
      "postgres://u@db",
      "postgres://u@db:0/d",
      "postgres://u@db:70000/d",
      "postgres://u@a,,b/d",
      "mysql://u@db/d"
    }) {
      assertThatThrownBy(() -> parse(url)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
