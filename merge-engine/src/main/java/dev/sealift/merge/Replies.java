package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Invitation;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Puts decisions into words. The only place that signs, and it is given nothing but durable states. */
final class Replies {
  private final SigningKey notary;
  private final EngineLimits limits;
  private final HouseRules rules;
  private final RecoveryWindows windows;

  Replies(SigningKey notary, EngineLimits limits, HouseRules rules, RecoveryWindows windows) {
    this.notary = notary;
    this.limits = limits;
    this.rules = rules;
    this.windows = windows;
  }

  /** For a request without new files: earlier receipts and refusals. */
  AdmitReply settled(SpaceState state, List<Verdict> verdicts) {
    return reply(state, verdicts, admitted -> {
      throw new IllegalStateException("a new file has no receipt before its draft is durable");
    });
  }

  /** For a request with files of {@code durable}, which {@code state} has absorbed. */
  AdmitReply admitted(SpaceState state, Draft durable, List<Verdict> verdicts) {
    return reply(state, verdicts, admitted -> receipt(durable, admitted));
  }

  private AdmitReply reply(
      SpaceState state, List<Verdict> verdicts, Function<Verdict.Admitted, Receipt> receipts) {
    AdmitReply.Builder reply = AdmitReply.newBuilder();
    boolean anyReceipt = false;
    for (Verdict verdict : verdicts) {
      Outcome outcome = outcome(verdict, receipts);
      anyReceipt |= outcome.hasReceipt();
      reply.addOutcomes(outcome);
    }
    if (anyReceipt) {
      reply.setSignedHead(signedHead(state)).setLossMillis(lossMillis(state));
    }
    return reply.build();
  }

  private static Outcome outcome(Verdict verdict, Function<Verdict.Admitted, Receipt> receipts) {
    Outcome.Builder outcome = Outcome.newBuilder();
    if (verdict instanceof Verdict.Admitted admitted) {
      return outcome.setReceipt(receipts.apply(admitted)).build();
    }
    if (verdict instanceof Verdict.Repeated repeated) {
      return outcome.setReceipt(repeated.receipt()).build();
    }
    if (verdict instanceof Verdict.Denied denied) {
      return outcome.setRefusal(denied.refusal()).build();
    }
    throw new IllegalStateException("a file under way is judged again before it is answered");
  }

  private static Receipt receipt(Draft durable, Verdict.Admitted admitted) {
    Receipt.Builder receipt = Receipt.newBuilder()
        .setSequence(admitted.sequence())
        .setServerTimeMillis(admitted.serverTimeMillis())
        .setBase(admitted.base());
    for (Hash node : durable.inclusionPath(admitted.sequence())) {
      receipt.addPath(node.byteString());
    }
    return receipt.build();
  }

  /** Every file of the request is refused; the device is to come back. */
  AdmitReply refused(Ask.Admit ask, RefusalCode code) {
    Outcome outcome = Outcome.newBuilder()
        .setRefusal(
            Refusal.newBuilder().setCode(code).setRetryAfterMillis(limits.retryAfterMillis()))
        .build();
    AdmitReply.Builder reply = AdmitReply.newBuilder();
    ask.candidates().forEach(candidate -> reply.addOutcomes(outcome));
    return reply.build();
  }

  AuthorizeReply authorization(SpaceState state, Ask.Authorize ask, long nowMillis) {
    AuthorizeReply.Builder reply =
        AuthorizeReply.newBuilder().setTakesCompactions(rules.takesCompactions());
    reply.addAllIncarnations(exact(state.restorations().incarnations()));
    if (!state.isKnown()) {
      return reply
          .setAuthorization(Authorization.AUTHORIZATION_UNKNOWN_SPACE)
          .setRecoveringMillis(
              state.restorations().isRecovering()
                  ? windows.rebuildLeftMillis(state.restorations())
                  : 0)
          .build();
    }
    Membership membership = state.membership().orElseThrow();
    Authorization authorization = standing(membership, ask, serverTime(state, nowMillis));
    reply.setAuthorization(authorization);
    reply.setMayWrite(membership.device(ask.device()).filter(Device::mayWrite).isPresent());
    if (mayConnect(authorization)) {
      ChainHead head = state.chainHead(ask.device());
      reply.setQuota(rules.quota(state.token()).toProto());
      reply
          .setSignedHead(signedHead(state))
          .setLossMillis(lossMillis(state))
          .setChainCounter(head.counter());
      head.file().ifPresent(file -> reply.setChainFile(file.byteString()));
    }
    return reply.build();
  }

  /** For whoever asks while files are taken back: who brings what proves itself is of no concern. */
  AuthorizeReply recovering(SpaceState state, Recovery recovery, long leftMillis) {
    Restorations known = state.restorations();
    Restorations told = known.told(recovery.lacking(known)); // so that each comes once
    return AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_RECOVERING)
        .addAllIncarnations(exact(told.incarnations()))
        .setSignedHead(signedHead(state))
        .setRecoveringMillis(leftMillis)
        .build();
  }

  /**
   * From here on the space goes on. The one thing that is signed before it is durable: it leaves the engine only by a state that was loaded, or
   * after its commit.
   *
   * @param size of the log that all its ways have in common
   * @param root of that log
   */
  SignedIncarnation incarnation(
      SpaceState state, long size, Hash root, Recovery recovery, long nowMillis) {
    return SignedIncarnation.sign(
        new Incarnation(
            state.space(),
            state.restorations().next(recovery.highest()),
            size,
            root,
            Math.max(state.size(), recovery.provenSize()),
            serverTime(state, nowMillis)),
        notary);
  }

  private static List<ByteString> exact(List<SignedIncarnation> incarnations) {
    return incarnations.stream().map(SignedIncarnation::exact).toList();
  }

  /** Whoever is gone is out, by whichever invitation he once came. */
  private static Authorization standing(
      Membership membership, Ask.Authorize ask, long serverTimeMillis) {
    if (membership.device(ask.device()).isPresent()) {
      return Authorization.AUTHORIZATION_MEMBER;
    }
    return ask.invitation()
        .filter(key -> !membership.everHad(ask.device()))
        .map(key -> invited(membership, key, serverTimeMillis))
        .orElse(Authorization.AUTHORIZATION_NOT_A_MEMBER);
  }

  private static Authorization invited(
      Membership membership, VerifyingKey key, long serverTimeMillis) {
    Optional<Invitation> invitation = membership.invitation(key);
    if (invitation.isEmpty()) {
      return Authorization.AUTHORIZATION_INVITATION_UNKNOWN;
    }
    return switch (invitation.get().standing(serverTimeMillis)) {
      case OPEN -> Authorization.AUTHORIZATION_INVITED;
      case WITHDRAWN -> Authorization.AUTHORIZATION_INVITATION_UNKNOWN;
      case EXPIRED -> Authorization.AUTHORIZATION_INVITATION_EXPIRED;
      case USED_UP -> Authorization.AUTHORIZATION_INVITATION_USED_UP;
    };
  }

  /** The time by which a join sent now would be judged. */
  private static long serverTime(SpaceState state, long nowMillis) {
    return Math.max(nowMillis, state.lastServerTimeMillis() + 1);
  }

  private static boolean mayConnect(Authorization authorization) {
    return authorization == Authorization.AUTHORIZATION_MEMBER
        || authorization == Authorization.AUTHORIZATION_INVITED;
  }

  private static long lossMillis(SpaceState state) {
    return state.membership().map(Membership::lastLossMillis).orElse(0L);
  }

  SpaceAdvanced advanced(SpaceState state) {
    return SpaceAdvanced.newBuilder()
        .setSpace(state.space().byteString())
        .setSignedHead(signedHead(state))
        .setLossMillis(lossMillis(state))
        .build();
  }

  private ByteString signedHead(SpaceState state) {
    return state.signedHead(notary).byteString();
  }
}
