package dev.sealift.client.sync;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.compaction.Standing;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SequenceSpan;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.FileKind;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts of one compaction as they come, and whether they are one, by who may write it, of the log that was scouted. What they hold is not looked at. For one thread. */
final class StepParts {
  private final LogVerifier verifier;
  private final Scout scout;
  private final SequenceSpan range;
  private final SeenLog base;
  private final int number;
  private @Nullable SignedHeader first;
  private @Nullable SignedHeader last;
  private long lastSequence;

  /**
   * @param base the end of the range, and the root that the log has there
   * @param number how many there are
   */
  StepParts(LogVerifier verifier, Scout scout, SequenceSpan range, SeenLog base, int number) {
    this.verifier = verifier;
    this.scout = scout;
    this.range = range;
    this.base = base;
    this.number = number;
  }

  private int taken() {
    return last == null ? 0 : last.header().part();
  }

  boolean isWhole() {
    return taken() == number;
  }

  /**
   * The next one.
   *
   * @throws StepRefusedException when it is none of the compaction
   * @throws MeshViolationException when the log has it, and no honest mesh would have admitted it
   */
  void take(long sequence, SignedHeader file, long serverTimeMillis)
      throws StepRefusedException, MeshViolationException, FormatException {
    if (file.header().kind() != FileKind.FILE_KIND_COMPACTION || !follows(file.header())) {
      throw new StepRefusedException(
          "a file that was told as a part of a compaction is none of it");
    }
    if (sequence <= base.sequence()) {
      throw new StepRefusedException("a compaction is void: its base is not before it");
    }
    if (sequence > scout.reached()) {
      throw new StepRefusedException("a compaction stands behind what is known of the log");
    }
    Membership then = scout
        .membershipAt(sequence)
        .orElseThrow(() -> new StepRefusedException("a compaction stands before genesis"));
    verifier.authors(Optional.of(then)).take(sequence, file, serverTimeMillis);
    first = first == null ? file : first;
    last = file;
    lastSequence = sequence;
  }

  private boolean follows(FileHeader header) {
    boolean same = header.part() == taken() + 1
        && header.parts() == number
        && header.supersedes().equals(List.of(range))
        && header.seen().equals(base);
    SignedHeader before = last;
    return same
        && (before == null
            || header.device().equals(before.header().device())
                && header.counter() == before.header().counter() + 1
                && header.previous().equals(Optional.of(before.id()))
                && header.generation() == before.header().generation());
  }

  /**
   * Whether others answer for it, as far as the log was scouted.
   *
   * @throws StepRefusedException when nobody does, or one contests it
   */
  void requireStanding() throws StepRefusedException {
    Membership then = scout.membershipAt(lastSequence).orElseThrow();
    SignedHeader part = Objects.requireNonNull(last);
    DeviceId author = part.header().device();
    Device device = then.everDevice(author).orElseThrow();
    Standing standing = Standing.of(author, device.member(), then.isOneDevice());
    FileId name = part.id();
    for (Scout.Opinion opinion : scout.opinions()) {
      if (opinion.sequence() > lastSequence && opinion.compaction().equals(name)) {
        standing = standing.after(opinion.by(), opinion.isContested());
      }
    }
    if (!standing.stands()) {
      throw new StepRefusedException(
          standing.isContested() ? "a compaction is contested" : "nobody attests a compaction");
    }
  }
}
