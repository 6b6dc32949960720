package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ChainHead;
import dev.sealift.client.store.RemoteFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.protocol.proto.Role;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The founder of a space, without a home: its keys are in the test's hands, to sign what no {@code Sealift} would. */
public final class Rogue {
  /** The table that its {@link #put} writes to; nobody declares it, as events may come before their schema. */
  public static final String TABLE = "notes";

  private static final String COLUMN = "text";

  private final DeviceKeyPair keys = DeviceKeyPair.generate();
  private final EpochKey epochKey = EpochKey.generate(1);
  private final FileMaker maker = new FileMaker(keys);
  private final FakeMesh mesh;
  private final FakeLog log;
  private final AtomicLong lastMillis = new AtomicLong();
  private final SpaceRules rules;

  public Rogue(FakeMesh mesh) {
    this(mesh, SpaceRules.defaults());
  }

  public Rogue(FakeMesh mesh, SpaceRules rules) {
    this.mesh = mesh;
    this.rules = rules;
    this.log = mesh.newLog();
    append(log, genesis(epochKey));
    mesh.add(log);
  }

  public FakeLog log() {
    return log;
  }

  public DeviceId id() {
    return keys.id();
  }

  /** Files it on the space's own log. */
  public void admit(Made file) {
    synchronized (mesh) {
      append(log, file);
      mesh.push();
    }
  }

  private static void append(FakeLog log, Made made) {
    log.append(made.header(), made.payload());
  }

  /** What a file of the space holds. */
  public byte[] open(FakeLog.Stored stored) throws FormatException {
    SignedHeader file = stored.file();
    return epochKey.open(file.header(), file.associatedData(), stored.payload().toByteArray());
  }

  /** A file, for whatever log. */
  public record Made(SignedHeader header, ByteString payload) {
    static Made of(SignedFile file) {
      return new Made(file.file(), file.payload());
    }
  }

  private interface Making {
    SignedFile make() throws FormatException;
  }

  private static Made made(Making making) {
    try {
      return Made.of(making.make());
    } catch (FormatException e) {
      throw new AssertionError("the file is well-formed", e);
    }
  }

  public Made genesis(EpochKey key) {
    return made(() -> maker.genesis(mesh.notary(), member(), rules, key, mesh.meshMillis()));
  }

  private static MemberId member() {
    return MemberId.random(new SecureRandom());
  }

  /** A link for {@code uses} devices that may do as the role says. */
  public String invite(Role role, int uses) {
    return invite(role, uses, epochKey);
  }

  /** As above, with any key sealed to it. */
  public String invite(Role role, int uses, EpochKey key) {
    byte[] secret = new byte[InvitationKeys.SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    long expires = mesh.meshMillis() + 3_600_000;
    admit(made(() -> maker.invitation(
        place(),
        log.membership().orElseThrow(),
        InvitationKeys.derive(secret),
        Optional.empty(),
        role,
        expires,
        uses,
        key)));
    return new InviteLink(
            FakeMesh.ADDRESS,
            log.space(),
            mesh.notary(),
            log.head(),
            log.size(),
            ByteString.copyFrom(secret),
            "rogue")
        .format();
  }

  /** The file of an open invitation as a mesh could make it up: same invitation, with a key of its own sealed to it. */
  public Made forged(FakeLog.Stored invitation, EpochKey key) {
    MembershipChange change = invitation.file().header().membership().orElseThrow();
    ByteString recipient = change.getOpenInvitation().getKeys().getHpke();
    return made(() -> {
      KeyEnvelope envelope = KeyEnvelope.newBuilder()
          .setCollection(FileMaker.MAIN)
          .setEpoch(key.epoch())
          .setRecipient(recipient)
          .setSealedKey(KeySealing.seal(recipient, FileMaker.MAIN, key))
          .build();
      ByteString payload = MembershipPayload.newBuilder()
          .setVersion(1)
          .addEnvelopes(envelope)
          .build()
          .toByteString();
      ByteString body = ByteString.copyFrom(invitation.file().associatedData());
      SignedHeader header = SignedHeader.sign(body, payload.toByteArray(), SigningKey.generate());
      return SignedFile.apart(header, payload);
    });
  }

  /** A join by an invitation that nobody opened. */
  public Made joinWithoutInvitation() {
    DeviceKeyPair stranger = DeviceKeyPair.generate();
    FileMaker strangers = new FileMaker(stranger);
    InvitationKeys none = InvitationKeys.derive(new byte[InvitationKeys.SECRET_BYTES]);
    FileMaker.Place first = new FileMaker.Place(Optional.empty(), log.seen(), mesh.meshMillis());
    return made(
        () -> strangers.join(first, log.membership().orElseThrow(), none, member(), epochKey));
  }

  /** Writes a row. */
  public Made put(String key, String text) {
    return events(place(), put(key, text, nextTime()));
  }

  /** Writes a row in a file that stands elsewhere in its chain, or has seen something else. */
  public Made put(String key, String text, Optional<SignedHeader> after, SeenLog seen) {
    return events(place(after, seen), put(key, text, nextTime()));
  }

  /** A row written at a time, in a file of that time. */
  public Made putAt(String key, String text, long millis) {
    return events(place(), put(key, text, HybridTime.of(millis, 0)));
  }

  /** A row in a file that builds on another one. */
  public Made putOn(String key, String text, DotRef other) {
    HybridTime time = nextTime();
    byte[] plaintext = PayloadCodec.encode(List.of(put(key, text, time)));
    return made(() -> maker.events(
        place(), log.space(), epochKey, plaintext, time, time, RemoteFile.NEVER, List.of(other)));
  }

  /** A row by a device that nobody let in. */
  public Made putByStranger(String key, String text) {
    FileMaker stranger = new FileMaker(DeviceKeyPair.generate());
    return events(stranger, place(Optional.empty(), log.seen()), put(key, text, nextTime()));
  }

  /** A new device is to join by a fresh invitation. */
  void start(SpaceStore store, SpaceRecords records) throws FormatException {
    start(store, records, InviteLink.parse(invite(Role.ROLE_WRITER, 1)));
  }

  /** A new device is to join by a link. */
  static void start(SpaceStore store, SpaceRecords records, InviteLink link) {
    try (Batch batch = store.batch()) {
      records.start(batch);
      records.startJoining(
          batch,
          link.space(),
          link.notary(),
          link.head(),
          link.secret().toByteArray(),
          link.invitationSequence());
      batch.commit();
    }
  }

  /** By a device that has joined to read. */
  public Made putByReader(String key, String text) {
    FileMaker reader = new FileMaker(DeviceKeyPair.generate());
    byte[] secret = new byte[InvitationKeys.SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    InvitationKeys invitation = InvitationKeys.derive(secret);
    admit(made(() -> maker.invitation(
        place(),
        log.membership().orElseThrow(),
        invitation,
        Optional.empty(),
        Role.ROLE_READER,
        mesh.meshMillis() + 3_600_000,
        1,
        epochKey)));
    Made joined = made(() -> reader.join(
        place(Optional.empty(), log.seen()),
        log.membership().orElseThrow(),
        invitation,
        MemberId.random(new SecureRandom()),
        epochKey));
    admit(joined);
    return events(
        reader, place(Optional.of(joined.header()), log.seen()), put(key, text, nextTime()));
  }

  /** A well-formed file with anything sealed in it. */
  public Made sealed(byte[] plaintext) {
    HybridTime now = nextTime();
    return made(() -> maker.events(
        place(), log.space(), epochKey, plaintext, now, now, RemoteFile.NEVER, List.of()));
  }

  /** A well-formed file whose payload was not sealed with the space's key. */
  public Made sealedWithAnotherKey() {
    HybridTime now = nextTime();
    byte[] plaintext = PayloadCodec.encode(List.of(put("k", "v", now)));
    return made(() -> maker.events(
        place(),
        log.space(),
        EpochKey.generate(1),
        plaintext,
        now,
        now,
        RemoteFile.NEVER,
        List.of()));
  }

  /** A file whose events are newer than its header says. */
  public Made withEventsAheadOfItsHeader() {
    HybridTime now = nextTime();
    byte[] plaintext = PayloadCodec.encode(List.of(put("k", "v", now.next())));
    return made(() -> maker.events(
        place(), log.space(), epochKey, plaintext, now, now, RemoteFile.NEVER, List.of()));
  }

  private Made events(FileMaker.Place place, EventRun run) {
    return events(maker, place, run);
  }

  private Made events(FileMaker by, FileMaker.Place place, EventRun run) {
    HybridTime time = run.rows().get(0).time();
    return made(() -> by.events(
        place,
        log.space(),
        epochKey,
        PayloadCodec.encode(List.of(run)),
        time,
        time,
        RemoteFile.NEVER,
        List.of()));
  }

  private EventRun put(String key, String text, HybridTime time) {
    RowEvent row = new RowEvent(key, time, List.of(Value.of(text)));
    return new EventRun(RunKind.PUT, TABLE, log.size(), List.of(), List.of(COLUMN), List.of(row));
  }

  private HybridTime nextTime() {
    return HybridTime.of(lastMillis.updateAndGet(last -> Math.max(last + 1, mesh.meshMillis())), 0);
  }

  private FileMaker.Place place() {
    return place(log.lastOf(keys.id()), log.seen());
  }

  private FileMaker.Place place(Optional<SignedHeader> after, SeenLog seen) {
    return new FileMaker.Place(
        after.map(file -> new ChainHead(file.header().counter(), file.id())),
        seen,
        mesh.meshMillis());
  }

  /** A plaintext that only a reader of a later format could understand. */
  public static byte[] ofNewerFormat() {
    byte[] storedVersion3 = {1, 2, 0, (byte) 0xfd, (byte) 0xff, 8, 3};
    byte[] plaintext = new byte[12];
    ByteBuffer.wrap(plaintext).putInt(storedVersion3.length).put(storedVersion3);
    return plaintext;
  }
}
