package dev.sealift.protocol.link;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import java.net.URI;

/** Links with the same bytes in every run. */
final class SampleLinks {
  static final SigningKey NOTARY = SampleFiles.NOTARY_KEY;
  static final SpaceId SPACE = SampleFiles.genesis(SampleDevice.number(1)).space();
  static final SignedTreeHead HEAD = head(SPACE, 5);
  static final ByteString SECRET = SampleFiles.filled(InvitationKeys.SECRET_BYTES, 0x5e);

  private SampleLinks() {}

  static InviteLink at(String mesh) {
    return new InviteLink(
        URI.create(mesh), SPACE, NOTARY.verifyingKey(), HEAD, 2, SECRET, "household");
  }

  static SignedTreeHead head(SpaceId space, long size) {
    try {
      Hash root = Hash.wrap(SampleDevice.filled(Hash.BYTES, 0x22));
      return SignedTreeHead.sign(
          new TreeHead(space, 0, size, root, SampleFiles.NEW_YEAR_MILLIS), NOTARY);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
