package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.membership.Membership;

/**
 * Which key seals a file. A restored mesh may have come to another epoch of the same number, so the number alone does not say it.
 *
 * @param id as files name it; empty in epoch 1
 */
record KeyName(int epoch, ByteString id) {
  /** That of epoch 1, to whose key the space's id commits. */
  static final KeyName FIRST = new KeyName(Membership.FIRST_EPOCH, ByteString.EMPTY);

  static KeyName of(FileHeader file) {
    return new KeyName(file.epoch(), file.keyId());
  }

  static KeyName of(EpochKey key) {
    return of(key.epoch(), key.commitment(FileMaker.MAIN));
  }

  /** The key of the current epoch. */
  static KeyName current(Membership membership) {
    return of(membership.epoch(), membership.epochCommitment());
  }

  static KeyName of(int epoch, ByteString commitment) {
    return new KeyName(epoch, FileHeader.keyId(epoch, commitment));
  }
}
