package dev.sealift.protocol.membership;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.file.FileHeader;
import java.util.Optional;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * What the log commits to of the content key of each epoch, as of one place. Immutable.
 *
 * @param commitments of epoch 1, 2 and so on, 32 bytes each
 */
record Epochs(PVector<ByteString> commitments) {
  static Epochs first(ByteString commitment) {
    return new Epochs(TreePVector.singleton(commitment));
  }

  /** The number of the current one. */
  int current() {
    return commitments.size();
  }

  Epochs next(ByteString commitment) {
    return new Epochs(commitments.plus(commitment));
  }

  boolean has(ByteString commitment) {
    return commitments.contains(commitment);
  }

  Optional<ByteString> commitment(int epoch) {
    return epoch >= 1 && epoch <= current()
        ? Optional.of(commitments.get(epoch - 1))
        : Optional.empty();
  }

  /** Whether a sealed file is of that epoch of this chain: a restored mesh may have come to another of the same number. */
  boolean isOf(FileHeader file) {
    return commitment(file.epoch())
        .filter(commitment -> file.keyId().equals(FileHeader.keyId(file.epoch(), commitment)))
        .isPresent();
  }
}
