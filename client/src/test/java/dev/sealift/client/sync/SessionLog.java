package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vectors.Event;
import dev.sealift.client.vectors.Sealing;
import dev.sealift.client.vectors.Story;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Seen;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A log in the making, with every key, nonce and salt fixed. It checks nothing, so that it can lie. */
final class SessionLog {
  static final SigningKey NOTARY = SigningKey.fromSeed(Sealing.filled(32, 0x77));
  static final byte[] EPOCH_KEY = Sealing.filled(32, 0x6b);
  static final byte[] SECRET = Sealing.filled(32, 0x5e);
  static final InvitationKeys INVITATION = InvitationKeys.derive(SECRET);
  private static final byte[] MAIN = new byte[16];
  private static final long STEP_MILLIS = 1_000;

  private final List<SignedHeader> files = new ArrayList<>();
  private final List<ByteString> payloads = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private final List<Long> bases = new ArrayList<>();
  private final List<Hash> leaves = new ArrayList<>();
  private final Map<DeviceId, SignedHeader> chains = new HashMap<>();
  private SignedHeader lastChange;
  private long changes;

  /** The device whose seeds are one byte each: n, and n + 20 in hexadecimal. */
  static DeviceKeyPair device(int n) {
    byte[] secret = Sealing.filled(64, n);
    System.arraycopy(Sealing.filled(32, 0x20 + n), 0, secret, 32, 32);
    try {
      return DeviceKeyPair.of(secret);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  static MemberId member(int n) {
    try {
      return MemberId.of(Sealing.filled(16, 0x80 + n));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  long size() {
    return files.size();
  }

  SpaceId space() {
    return files.get(0).space();
  }

  /** When the next file will be admitted. */
  long nextMillis() {
    return Story.START + size() * STEP_MILLIS;
  }

  // Files

  /** Everything but the kind of change. */
  HeaderBody.Builder body(int author, FileKind kind) {
    DeviceKeyPair keys = device(author);
    SignedHeader last = chains.get(keys.id());
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(1)
        .setKind(kind)
        .setDevice(keys.id().byteString())
        .setCounter(last == null ? 1 : last.header().counter() + 1)
        .setHybridTime(HybridTime.of(nextMillis(), 0).bits())
        .setCollection(ByteString.copyFrom(MAIN))
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setSequence(size()).setRoot(root(size()).byteString()))
        .setSalt(Sealing.filledString(32, (int) (0x10 + size())));
    if (last != null) {
      body.setPrevious(last.id().byteString());
    }
    if (size() > 0) {
      body.setSpace(space().byteString());
    }
    return body;
  }

  SessionLog genesis(Consumer<Genesis.Builder> change) throws Exception {
    DeviceKeyPair founder = device(1);
    Genesis.Builder genesis = Genesis.newBuilder()
        .setFounder(founder.publicKeys().toProto())
        .setMember(member(1).byteString())
        .setNotary(NOTARY.verifyingKey().byteString())
        .setRules(SpaceRules.defaults().toProto())
        .setEpochCommitment(dev.sealift.client.vault.EpochKey.of(1, EPOCH_KEY)
            .commitment(ByteString.copyFrom(MAIN)));
    change.accept(genesis);
    return change(
        1,
        MembershipChange.newBuilder().setGenesis(genesis),
        founder.publicKeys().hpke());
  }

  SessionLog opening(Role role, long expiresAtMillis) throws Exception {
    OpenInvitation.Builder open = OpenInvitation.newBuilder()
        .setKeys(INVITATION.publicKeys().toProto())
        .setRole(role)
        .setExpiresAtMillis(expiresAtMillis)
        .setUses(2);
    return change(
        1,
        MembershipChange.newBuilder().setOpenInvitation(open),
        INVITATION.publicKeys().hpke());
  }

  SessionLog joining(int joiner) throws Exception {
    DeviceKeyPair keys = device(joiner);
    byte[] signature =
        JoinSignature.sign(INVITATION.signing(), space(), keys.publicKeys(), member(joiner));
    Join.Builder join = Join.newBuilder()
        .setDevice(keys.publicKeys().toProto())
        .setInvitation(INVITATION.publicKeys().signing().byteString())
        .setInvitationSignature(ByteString.copyFrom(signature))
        .setMember(member(joiner).byteString());
    return change(
        joiner, MembershipChange.newBuilder().setJoin(join), keys.publicKeys().hpke());
  }

  SessionLog change(int author, MembershipChange.Builder change, ByteString recipient)
      throws Exception {
    if (lastChange != null) {
      changes++;
      change.setNumber(changes).setPrevious(lastChange.id().byteString());
    }
    HeaderBody.Builder body = body(author, FileKind.FILE_KIND_MEMBERSHIP).setMembership(change);
    add(body, envelopes(recipient), author);
    lastChange = files.get(files.size() - 1);
    return this;
  }

  private static ByteString envelopes(ByteString recipient) throws GeneralSecurityException {
    byte[] sealed = Sealing.sealKey(
            EPOCH_KEY, Sealing.info(MAIN, 1), recipient.toByteArray(), Sealing.filled(32, 0x65))
        .sealedKey();
    return MembershipPayload.newBuilder()
        .setVersion(1)
        .addEnvelopes(KeyEnvelope.newBuilder()
            .setCollection(ByteString.copyFrom(MAIN))
            .setEpoch(1)
            .setRecipient(recipient)
            .setSealedKey(ByteString.copyFrom(sealed)))
        .build()
        .toByteString();
  }

  /** A file of these events, stamped with the newest of them. */
  SessionLog events(int author, Story story) throws Exception {
    return events(
        body(author, FileKind.FILE_KIND_EVENTS).setHybridTime(newest(story)), story, author);
  }

  static long newest(Story story) {
    return story.events().stream()
        .map(Event::time)
        .reduce(HybridTime.ZERO, HybridTime::max)
        .bits();
  }

  SessionLog events(HeaderBody.Builder body, Story story, int signer) throws Exception {
    return add(body, sealed(body, plaintext(story), EPOCH_KEY), signer);
  }

  static byte[] plaintext(Story story) {
    List<EventRun> runs = story.events().stream().map(Event::run).toList();
    return PayloadCodec.encode(runs);
  }

  static ByteString sealed(HeaderBody.Builder body, byte[] plaintext, byte[] epochKey)
      throws GeneralSecurityException {
    byte[] key = Sealing.payloadKey(epochKey, body.getSalt().toByteArray(), MAIN, body.getEpoch());
    return ByteString.copyFrom(Sealing.sealPayload(
        key, Sealing.filled(12, 0x4e), plaintext, body.build().toByteArray()));
  }

  SessionLog add(HeaderBody.Builder body, ByteString payload, int signer) throws FormatException {
    return add(body, payload, signer, nextMillis());
  }

  SessionLog add(HeaderBody.Builder body, ByteString payload, int signer, long serverTimeMillis)
      throws FormatException {
    return add(body, payload, signer, serverTimeMillis, 0);
  }

  SessionLog add(
      HeaderBody.Builder body, ByteString payload, int signer, long serverTimeMillis, long base)
      throws FormatException {
    SignedHeader file =
        SignedHeader.sign(body.build(), payload.toByteArray(), device(signer).signing());
    files.add(file);
    payloads.add(payload);
    times.add(serverTimeMillis);
    bases.add(base);
    chains.put(file.header().device(), file);
    leaves.add(new Leaf(space(), size(), serverTimeMillis, base, file.id()).hash());
    return this;
  }

  // The log

  Hash root(long size) {
    CompactTree tree = new CompactTree();
    leaves.subList(0, (int) size).forEach(tree::append);
    return size == 0 ? SeenLog.nothing().root() : tree.root();
  }

  SignedTreeHead head(long size) {
    return head(size, root(size), NOTARY);
  }

  SignedTreeHead head(long size, Hash root, SigningKey notary) {
    return SignedTreeHead.sign(
        new TreeHead(space(), 0, size, root, times.get((int) size - 1)), notary);
  }

  /** Entries from one sequence to another, under the head of a size. */
  Files.Builder frame(long first, long last, long headSize) {
    Files.Builder frame =
        Files.newBuilder().setFirstSequence(first).setSignedHead(head(headSize).byteString());
    for (long sequence = first; sequence <= last; sequence++) {
      frame.addEntries(entry(sequence));
    }
    Proofs.consistency(last, headSize, this::node)
        .forEach(hash -> frame.addConsistency(hash.byteString()));
    return frame;
  }

  LogEntry.Builder entry(long sequence) {
    int i = (int) sequence - 1;
    return LogEntry.newBuilder()
        .setSignedHeader(files.get(i).byteString())
        .setServerTimeMillis(times.get(i))
        .setBase(bases.get(i))
        .setPayload(payloads.get(i));
  }

  Hash node(int level, long index) {
    CompactTree tree = new CompactTree();
    leaves.subList((int) (index << level), (int) ((index + 1) << level)).forEach(tree::append);
    return tree.root();
  }
}
