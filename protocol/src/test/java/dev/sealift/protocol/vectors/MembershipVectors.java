package dev.sealift.protocol.vectors;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.MembershipJson;
import dev.sealift.vectors.VectorFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class MembershipVectors extends VectorFile {
  MembershipVectors() {
    super(
        "membership",
        "Section 6: chains of membership files, each with its server time, and who is in the space after the last; or"
            + " which file is refused, and why.");
  }

  @Override
  protected void cases(Cases to) throws Exception {
    MembershipChains.add(to);
  }

  /** Of a server time only matters on which side of an expiry it is. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    List<Inputs> steps = in.objects("files");
    List<SignedHeader> files = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    for (Inputs step : steps) {
      files.add(SignedHeader.parse(step.hex("signed_header")));
      times.add(step.u64("server_time_millis"));
    }
    int at = 0;
    try {
      Membership membership = Membership.found(files.get(at));
      for (at = 1; at < files.size(); at++) {
        membership = next(membership, files.get(at), times.get(at));
      }
      return MembershipJson.of(membership, files);
    } catch (MembershipException e) {
      return refused(e.code().name().replace("REFUSAL_CODE_", ""), at);
    } catch (BadSignatureException e) {
      return refused("BAD_SIGNATURE", at);
    }
  }

  private static Json refused(String code, int at) {
    return Json.of("refused", code).u32("at", at);
  }

  private static final class BadSignatureException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private static Membership next(Membership membership, SignedHeader file, long time)
      throws MembershipException, BadSignatureException {
    Optional<VerifyingKey> key = membership.authorKey(file);
    if (key.isPresent() && !file.verify(key.get())) {
      throw new BadSignatureException();
    }
    return membership.apply(file, time);
  }
}
