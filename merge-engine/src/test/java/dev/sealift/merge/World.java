package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A mesh with one space and, when asked for, its members. */
final class World {
  static final long INVITATION_MILLIS = 1_000_000;

  final CoreHarness core;
  final Author owner = new Author("owner");
  final SpaceId space;
  final Upload genesis;
  private long changes;
  private FileId lastChange;

  World() {
    this(new CoreHarness());
  }

  World(CoreHarness core) {
    this(core, SpaceRules.defaults());
  }

  World(CoreHarness core, SpaceRules rules) {
    this.core = core;
    this.genesis = owner.genesis(CoreHarness.NOTARY.verifyingKey(), rules.toProto(), body -> {});
    this.space = genesis.header().space();
    this.lastChange = genesis.header().id();
    receiptOf(core.admit(space, owner, genesis));
  }

  /** The next link of the membership chain. */
  MembershipChange.Builder link() {
    return Author.link(changes + 1, lastChange);
  }

  void changed(Upload change) {
    changes++;
    lastChange = change.header().id();
  }

  /** Opens an invitation by its name. */
  Author invite(String name, Role role, int uses) {
    Author invitation = new Author(name);
    Upload open = owner.invite(
        space,
        link(),
        Author.invitation(invitation, role, Author.START_MILLIS + INVITATION_MILLIS, uses));
    receiptOf(core.admit(space, owner, open));
    changed(open);
    return invitation;
  }

  /** A member who joined by an invitation of her own. */
  Author member(String name, Role role) {
    Author invitation = invite("invitation of " + name, role, 1);
    Author joiner = new Author(name);
    Upload join = joiner.join(space, link(), invitation);
    receiptOf(core.admit(space, joiner, join));
    changed(join);
    return joiner;
  }

  List<CommitFile> log() {
    return core.store.log(space.byteString());
  }

  Outcome outcome(Author author, Upload upload) {
    AdmitReply reply = core.admit(space, author, upload);
    assertReceiptsVerify(reply, upload);
    return reply.getOutcomes(0);
  }

  Refusal refusal(Author author, Upload upload) {
    List<CommitFile> before = log();
    Outcome outcome = outcome(author, upload);
    assertThat(outcome.hasRefusal()).isTrue();
    assertThat(log()).isEqualTo(before);
    return outcome.getRefusal();
  }

  RefusalCode refusalCode(Author author, Upload upload) {
    return refusal(author, upload).getCode();
  }

  Receipt receipt(Author author, Upload upload) {
    Outcome outcome = outcome(author, upload);
    assertThat(outcome.hasReceipt()).as("%s", outcome).isTrue();
    return outcome.getReceipt();
  }

  static Receipt receiptOf(AdmitReply reply) {
    assertThat(reply.getOutcomes(0).hasReceipt()).as("%s", reply).isTrue();
    return reply.getOutcomes(0).getReceipt();
  }

  SignedTreeHead head() {
    try {
      return SignedTreeHead.parse(core.published.get(core.published.size() - 1).getSignedHead());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  /** Says that the author has seen the log up to the newest head. */
  Consumer<HeaderBody.Builder> seenNewest() {
    return seen(head().head().size(), head().head().root());
  }

  static Consumer<HeaderBody.Builder> seen(long sequence, Hash root) {
    return body -> body.setSeen(Seen.newBuilder().setSequence(sequence).setRoot(root.byteString()));
  }

  void assertReceiptsVerify(AdmitReply reply, Upload... uploads) {
    assertReceiptsVerify(space, reply, uploads);
  }

  static void assertReceiptsVerify(SpaceId space, AdmitReply reply, Upload... uploads) {
    assertThat(reply.getOutcomesCount()).isEqualTo(uploads.length);
    for (int i = 0; i < uploads.length; i++) {
      Outcome outcome = reply.getOutcomes(i);
      if (outcome.hasReceipt()) {
        assertVerifies(space, outcome.getReceipt(), uploads[i].header().id(), reply);
      }
    }
  }

  static void assertVerifies(SpaceId space, Receipt receipt, FileId file, AdmitReply reply) {
    try {
      SignedTreeHead head = SignedTreeHead.parse(reply.getSignedHead());
      assertThat(head.verify(CoreHarness.NOTARY.verifyingKey())).isTrue();
      assertThat(head.head().space()).isEqualTo(space);
      Leaf leaf = new Leaf(
          space, receipt.getSequence(), receipt.getServerTimeMillis(), receipt.getBase(), file);
      List<Hash> path = new ArrayList<>();
      for (ByteString node : receipt.getPathList()) {
        path.add(Hash.parse(node));
      }
      assertThat(Proofs.verifyInclusion(
              leaf.hash(),
              receipt.getSequence() - 1,
              head.head().size(),
              path,
              head.head().root()))
          .isTrue();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
