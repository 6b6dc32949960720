package dev.sealift.ops.chaos.bed;

/**
 * What a process did and nobody asked for.
 *
 * @param exitCode that it ended with; 0 when it did not
 */
public record Surprise(Node node, How how, int exitCode) {
  public enum How {
    /** It could take work, and ended by itself. */
    ENDED("ended by itself"),
    /** It was started, and ended before it could take work. */
    DID_NOT_START("ended before it could take work"),
    /** It was asked to stop, and did so with a failure. */
    STOPPED_BADLY("was asked to stop and failed"),
    /** It was asked to stop, and had to be killed. */
    DID_NOT_STOP("did not stop and was killed");

    private final String text;

    How(String text) {
      this.text = text;
    }
  }

  @Override
  public String toString() {
    return how == How.DID_NOT_STOP
        ? "%s %s".formatted(node, how.text)
        : "%s %s, with %d".formatted(node, how.text, exitCode);
  }
}
