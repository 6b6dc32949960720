package dev.sealift.client.rule;

import java.util.List;
import java.util.Optional;

/**
 * What is to be done about a row now.
 *
 * @param againMillis when to look at it again, by the mesh's clock; empty when it breaks no rule that asks for an answer, once the answers are written
 */
public record Decision(List<Answer> answers, Optional<Long> againMillis) {
  static final Decision NOTHING = new Decision(List.of(), Optional.empty());

  public Decision {
    answers = List.copyOf(answers);
  }
}
