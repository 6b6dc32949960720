package dev.sealift.gateway.session;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.Handshake;

/** What the engine's answer about a device means for it. */
final class Admittance {
  private Admittance() {}

  /** Passes members and the invited; an unknown space is for the caller to have dealt with. */
  static void check(Authorization answer, Peer peer) throws Breach {
    switch (answer) {
      case AUTHORIZATION_MEMBER -> {}
      case AUTHORIZATION_INVITED -> {
        if (peer.invitation().isEmpty()) {
          throw new Breach(ProblemCode.PROBLEM_CODE_NOT_A_MEMBER);
        }
      }
      case AUTHORIZATION_NOT_A_MEMBER -> throw new Breach(ProblemCode.PROBLEM_CODE_NOT_A_MEMBER);
      case AUTHORIZATION_INVITATION_UNKNOWN ->
        throw new Breach(ProblemCode.PROBLEM_CODE_INVITATION_UNKNOWN);
      case AUTHORIZATION_INVITATION_EXPIRED ->
        throw new Breach(ProblemCode.PROBLEM_CODE_INVITATION_EXPIRED);
      case AUTHORIZATION_INVITATION_USED_UP ->
        throw new Breach(ProblemCode.PROBLEM_CODE_INVITATION_USED_UP);
      default -> throw unavailable();
    }
  }

  /** Without a head nothing can be read: an engine that gives none is not well. */
  static SpaceHead headOf(Peer peer, AuthorizeReply reply) throws Breach {
    return SpaceHead.find(reply.getSignedHead(), reply.getLossMillis(), peer.space())
        .orElseThrow(Admittance::unavailable);
  }

  /** The first word to a device that may be here. An answer that cannot be told is of an engine that is not well. */
  static Welcome welcome(Notary notary, Handshake handshake, AuthorizeReply reply) throws Breach {
    boolean known = reply.getAuthorization() != Authorization.AUTHORIZATION_UNKNOWN_SPACE;
    Welcome.Builder welcome = Welcome.newBuilder()
        .setKnown(known)
        .setSignedHead(known ? reply.getSignedHead() : ByteString.EMPTY)
        .setServerTimeMillis(notary.wallMillis())
        .setChainCounter(reply.getChainCounter())
        .setChainFile(reply.getChainFile())
        .setPutWindowBytes(Limits.PUT_WINDOW_BYTES)
        .setMaxPutFiles(Limits.MAX_PUT_FILES)
        .setRecoveringMillis(reply.getRecoveringMillis())
        .addAllIncarnations(reply.getIncarnationsList())
        .setTakesCompactions(reply.getTakesCompactions())
        .setKeepsPositions(true);
    try {
      return notary.welcome(handshake, welcome);
    } catch (FormatException e) {
      throw unavailable();
    }
  }

  private static Breach unavailable() {
    return new Breach(ProblemCode.PROBLEM_CODE_UNAVAILABLE, Retry.RETRY_AFTER_MILLIS);
  }
}
