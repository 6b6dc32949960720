package dev.sealift.merge;

import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import java.util.List;

/** That a device says something of a compaction. */
record Saying(FileId compaction, DeviceId by) {
  static Saying of(Attested said, FileHeader file) {
    return new Saying(said.compaction(), file.device());
  }

  static List<Saying> all(FileHeader file) {
    return file.attestations().stream().map(said -> of(said, file)).toList();
  }
}
