package dev.sealift.merge;

import java.util.List;

/**
 * A request that is judged and waits for a commit to come true.
 *
 * @param verdicts one a file; none for an {@link Ask.Authorize}
 */
record Waiting(Ask ask, List<Verdict> verdicts) {
  Waiting {
    verdicts = List.copyOf(verdicts);
  }

  /**
   * Whether the verdicts stand once the commit has come true. A repeated file's path leads to another
   * head than the new files', and one under way was not durable when it was judged: such requests are
   * simply judged again. So is a refusal that the commit, sent before the request came, confirms
   * nothing about.
   */
  boolean standsAfterCommitSentAt(long sentAt) {
    return ask instanceof Ask.Admit
        && verdicts.stream().noneMatch(Waiting::needsAnotherLook)
        && (sentAt >= ask.arrivedAt() || verdicts.stream().noneMatch(Waiting::restsOnState));
  }

  private static boolean needsAnotherLook(Verdict verdict) {
    return verdict instanceof Verdict.Repeated || verdict instanceof Verdict.UnderWay;
  }

  private static boolean restsOnState(Verdict verdict) {
    return verdict instanceof Verdict.Denied denied && denied.restsOnState();
  }

  /** Whether the verdicts stand whatever the store says: every file is refused for what it is. */
  boolean standsAlone() {
    return verdicts.stream()
        .allMatch(verdict -> verdict instanceof Verdict.Denied denied && !denied.restsOnState());
  }

  boolean isOverQuota() {
    return verdicts.stream()
        .anyMatch(verdict -> verdict instanceof Verdict.Denied denied && denied.isOverQuota());
  }

  boolean hasNewFiles() {
    return verdicts.stream().anyMatch(verdict -> verdict instanceof Verdict.Admitted);
  }
}
