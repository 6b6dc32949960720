package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.PartReader;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.store.BlockSource;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.FileKind;
import java.util.Optional;

/** What a compaction carries whose parts the log has brought. Holds one part. */
final class HeldParts implements BlockSource {
  private final SpaceStore store;
  private final ContentKeys keys;
  private final HeldCompaction of;
  private int taken;
  private long next;
  private Optional<PartReader> part = Optional.empty();

  HeldParts(SpaceStore store, ContentKeys keys, HeldCompaction of) {
    this.store = store;
    this.keys = keys;
    this.of = of;
    next = of.firstPart();
  }

  /** It is of a newer version than this one can read. */
  static final class NewerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NewerException(UnknownPayloadVersionException cause) {
      super("a compaction of a newer version", cause);
    }
  }

  @Override
  public Optional<Block> next() throws FormatException {
    try {
      Optional<Block> block = part.isPresent() ? part.get().next() : Optional.empty();
      while (block.isEmpty() && taken < of.begun().parts()) {
        part = Optional.of(nextPart());
        block = part.get().next();
      }
      return block;
    } catch (UnknownPayloadVersionException e) {
      throw new NewerException(e);
    }
  }

  private PartReader nextPart() throws FormatException, UnknownPayloadVersionException {
    while (next <= of.part().sequence()) {
      KeptFile file = file(next++);
      SignedHeader header = SignedHeader.parse(ByteString.copyFrom(file.header().toByteArray()));
      if (isPart(header.header())) {
        taken++;
        return new PartReader(
            keys.plaintext(header, ByteString.copyFrom(file.payload().toByteArray())));
      }
    }
    throw new IllegalStateException("the parts of a compaction that has come are kept");
  }

  private boolean isPart(FileHeader header) {
    return header.kind() == FileKind.FILE_KIND_COMPACTION
        && header.device().equals(of.begun().author())
        && header.part() == taken + 1;
  }

  private KeptFile file(long sequence) {
    return store.files(sequence, 1, 0).stream()
        .filter(found -> found.sequence() == sequence)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a file that has come is kept"));
  }
}
