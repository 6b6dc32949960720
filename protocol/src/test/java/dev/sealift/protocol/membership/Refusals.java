package dev.sealift.protocol.membership;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.proto.RefusalCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** That a change is refused, and how. */
final class Refusals {
  private Refusals() {}

  static void assertRefused(RefusalCode code, String because, ThrowingCallable change) {
    assertThatThrownBy(change)
        .isInstanceOfSatisfying(
            MembershipException.class,
            refused -> org.assertj.core.api.Assertions.assertThat(refused.code())
                .as(refused.getMessage())
                .isEqualTo(code))
        .hasMessageContaining(because);
  }

  static void assertMalformed(String because, ThrowingCallable change) {
    assertRefused(RefusalCode.REFUSAL_CODE_MALFORMED, because, change);
  }
}
