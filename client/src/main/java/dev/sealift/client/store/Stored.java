package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;

/** What was written by this store before, and is not as it was written only when the file is damaged. */
final class Stored {
  private Stored() {}

  static DeviceId device(byte[] bytes) {
    try {
      return DeviceId.of(bytes);
    } catch (FormatException e) {
      throw damaged(e);
    }
  }

  static FileId file(byte[] bytes) {
    try {
      return FileId.of(bytes);
    } catch (FormatException e) {
      throw damaged(e);
    }
  }

  static Hash hash(byte[] bytes) {
    try {
      return Hash.wrap(bytes);
    } catch (FormatException e) {
      throw damaged(e);
    }
  }

  static RowState state(byte[] meta) {
    try {
      return RowState.parse(meta);
    } catch (FormatException e) {
      throw damaged(e);
    }
  }

  private static StoreException damaged(FormatException e) {
    return new StoreException(
        Code.CORRUPT,
        "the space's database is damaged; put the file aside and join the space again from another device",
        e);
  }
}
