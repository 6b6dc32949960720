package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vectors.Sealing;
import dev.sealift.client.vectors.Story;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.EventsPayload;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.SequenceRange;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Json;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;

/** An honest log pushed in several ways, and logs with one lie each. */
final class SessionCases {
  private static final long DAY = 86_400_000;
  private static final int READER = 2;

  private final Cases to;

  private SessionCases(Cases to) {
    this.to = to;
  }

  static void add(Cases to) throws Exception {
    SessionCases cases = new SessionCases(to);
    cases.honest();
    cases.heads();
    cases.entries();
    cases.authors();
    cases.chainsAndTimes();
    cases.payloads();
    cases.expiring();
    cases.memberships();
    cases.newer();
  }

  /** Founded by device 1, joined by device 2, and a file of events by each. */
  private static SessionLog log() throws Exception {
    return log(Role.ROLE_WRITER)
        .events(
            1,
            new Story()
                .put(
                    1,
                    3_001,
                    "sealift_schema",
                    "t/cities",
                    "key_column",
                    "id",
                    "type",
                    null,
                    "position",
                    null)
                .put(
                    1,
                    3_002,
                    "sealift_schema",
                    "c/cities/name",
                    "key_column",
                    null,
                    "type",
                    "TEXT",
                    "position",
                    0)
                .put(1, 3_003, "cities", "ulm", "name", "Ulm", "people", 126_000)
                .put(1, 3_004, "cities", "köln", "name", "Köln", "people", 1_087_000))
        .events(
            READER,
            new Story()
                .patch(2, 4_001, "cities", "ulm", "people", 129_942)
                .put(2, 4_002, "cities", "graz", "name", "Graz", "area", 127.57));
  }

  private static SessionLog log(Role role) throws Exception {
    return new SessionLog()
        .genesis(genesis -> {})
        .opening(role, Story.START + DAY)
        .joining(READER);
  }

  private static Story story() {
    return new Story().patch(1, 5_001, "cities", "ulm", "name", "Ulm (Donau)");
  }

  private static HeaderBody.Builder next(SessionLog log, int author) {
    return log.body(author, FileKind.FILE_KIND_EVENTS).setHybridTime(SessionLog.newest(story()));
  }

  // The forms of a case

  private void read(String name, SessionLog log, Files.Builder... frames) {
    read(name, "", log, frames);
  }

  private void read(String name, String about, SessionLog log, Files.Builder... frames) {
    to.add(name, about, session(log, frames));
  }

  private static Json session(SessionLog log, Files.Builder... frames) {
    return frames(
        Json.of("space", log.space().toString())
            .hex("notary", SessionLog.NOTARY.verifyingKey().byteString())
            .hex("signing_seed", SessionLog.device(READER).signing().seed())
            .hex("hpke_private", SessionLog.device(READER).hpkePrivate()),
        log,
        frames);
  }

  private static Json frames(Json inputs, SessionLog log, Files.Builder... frames) {
    return inputs
        .u64("mesh_time_millis", log.nextMillis())
        .list(
            "frames",
            List.of(frames),
            files -> Json.hex(Frame.newBuilder().setFiles(files).build().toByteArray()));
  }

  /** The five honest files, and one more in a frame of its own. */
  private void sixth(String name, SessionLog log) {
    read(name, log, log.frame(1, 5, 5), log.frame(6, 6, 6));
  }

  // Good ones

  private void heldAlready() throws Exception {
    SessionLog log = log().events(1, story());
    read(
        "files that are held already come again, behind a longer log",
        log,
        log.frame(1, 5, 5),
        log.frame(2, 4, 6),
        log.frame(6, 6, 6));
    read(
        "refused: files that are held already come again, and do not lead to the head",
        log,
        log.frame(1, 5, 5),
        log.frame(2, 4, 6).clearConsistency());
  }

  private void honest() throws Exception {
    heldAlready();
    SessionLog log = log()
        .events(
            1,
            new Story()
                .remove(1, 5_001, "cities", "köln")
                .put(1, 5_002, "notes", "n1", "text", "declared nowhere", "bytes", new byte[] {
                  1, 2, 3
                }));
    read("all in one frame", log, log.frame(1, 6, 6));
    read(
        "file by file, under heads that are ahead, some of it twice",
        log,
        log.frame(1, 1, 2),
        log.frame(2, 3, 6),
        log.frame(2, 4, 4),
        log.frame(5, 5, 6),
        log.frame(1, 6, 6));
    read("up to the middle, under a head at the end", log, log.frame(1, 4, 6));
    to.add(
        "by the link, before the join",
        "The invitation's file, which holds the key, is at the sequence that the link names.",
        frames(Json.of("link", link(log)), log, log.frame(1, 4, 6), log.frame(5, 6, 6)));
    unreadable();
    ofCompactions();
  }

  private static String link(SessionLog log) {
    return new InviteLink(
            URI.create("ws://localhost:7400"),
            log.space(),
            SessionLog.NOTARY.verifyingKey(),
            log.head(3),
            2,
            ByteString.copyFrom(SessionLog.SECRET),
            "cities")
        .format();
  }

  private void unreadable() throws Exception {
    SessionLog log = log();
    HeaderBody.Builder body = next(log, 1);
    log.add(body, SessionLog.sealed(body, SessionLog.plaintext(story()), Sealing.filled(32, 9)), 1);
    log.events(READER, new Story().patch(2, 6_001, "cities", "ulm", "name", "goes on"));
    read("a payload under another key is passed over", log, log.frame(1, 7, 7));
    log = log();
    body = next(log, 1).setHybridTime(SessionLog.newest(story()) - 1);
    log.events(body, story(), 1);
    read("a payload whose event is later than its header is passed over", log, log.frame(1, 6, 6));
    log = log();
    body = next(log, 1);
    log.add(body, SessionLog.sealed(body, new byte[8], SessionLog.EPOCH_KEY), 1);
    read("a payload that does not decode is passed over", log, log.frame(1, 6, 6));
  }

  // Refused ones

  private void ofCompactions() throws Exception {
    SessionLog log = log();
    sixth(
        "a compaction is checked as any file, and brings nothing to who holds what it covers",
        log.events(compaction(next(log, 1)), story(), 1));
    log = log();
    sixth("attestations too", log.add(attestation(next(log, 1)), ByteString.EMPTY, 1));
  }

  private void heads() throws Exception {
    SessionLog log = log();
    SigningKey other = SigningKey.fromSeed(Sealing.filled(32, 0x78));
    read(
        "refused: a head signed by another notary",
        log,
        log.frame(1, 3, 3),
        log.frame(4, 5, 5).setSignedHead(log.head(5, log.root(5), other).byteString()));
    SessionLog otherSpace = new SessionLog()
        .genesis(genesis -> genesis.setMember(SessionLog.member(9).byteString()));
    read(
        "refused: a head of another space",
        log,
        log.frame(1, 1, 1).setSignedHead(otherSpace.head(1).byteString()));
    read(
        "refused: another root at the position",
        log,
        log.frame(1, 5, 5),
        log.frame(5, 5, 5)
            .setSignedHead(log.head(5, log.root(4), SessionLog.NOTARY).byteString()));
    SessionLog ahead = log().events(1, story());
    SessionLog fork = log().events(1, new Story().patch(1, 5_002, "cities", "ulm", "name", "fork"));
    read(
        "refused: a log that leaves the one whose head came before",
        ahead,
        ahead.frame(1, 4, 6),
        fork.frame(5, 6, 6));
    read(
        "refused: entries that do not lead to a head that came before",
        ahead,
        ahead.frame(1, 5, 6),
        fork.events(READER, new Story().patch(2, 6_001, "cities", "ulm", "name", "x"))
            .frame(6, 7, 7));
  }

  private void entries() throws Exception {
    SessionLog log = log();
    read("refused: an entry left out", log, log.frame(1, 3, 5), log.frame(5, 5, 5));
    read("refused: the first sequence is 0", log, log.frame(1, 5, 5).setFirstSequence(0));
    altered(
        "refused: another server time than was signed",
        log,
        entry -> entry.setServerTimeMillis(entry.getServerTimeMillis() + 1));
    altered("refused: another base than was signed", log, entry -> entry.setBase(1));
    HeaderBody.Builder onBase = next(log(), 1);
    ByteString sealed =
        SessionLog.sealed(onBase, SessionLog.plaintext(story()), SessionLog.EPOCH_KEY);
    SessionLog based = log();
    based.add(onBase, sealed, 1, based.nextMillis(), 1);
    read("refused: a base that was signed and does not follow", based, based.frame(1, 6, 6));
    altered(
        "refused: a header that is no header",
        log,
        entry -> entry.setSignedHeader(entry.getSignedHeader().substring(1)));
    SessionLog other = new SessionLog()
        .genesis(genesis -> genesis.setMember(SessionLog.member(9).byteString()));
    read(
        "refused: the genesis of another space",
        log,
        log.frame(1, 1, 1).setEntries(0, other.entry(1)));
    Files.Builder wrongProof = log.frame(1, 3, 5);
    wrongProof.setConsistency(0, log.root(1).byteString());
    read("refused: a proof that does not lead to the head", log, wrongProof);
    read("refused: no proof to a head that is ahead", log, log.frame(1, 3, 5).clearConsistency());
    read(
        "malformed: a proof's hash of 31 bytes",
        log,
        log.frame(1, 3, 5).setConsistency(0, Sealing.filledString(31, 1)));
    read(
        "malformed: a head of 148 bytes",
        log,
        log.frame(1, 5, 5).setSignedHead(Sealing.filledString(148, 1)));
  }

  private void altered(String name, SessionLog log, Consumer<LogEntry.Builder> change) {
    LogEntry.Builder entry = log.entry(5);
    change.accept(entry);
    read(name, log, log.frame(1, 4, 4), log.frame(5, 5, 5).setEntries(0, entry));
  }

  private void authors() throws Exception {
    SessionLog log = log();
    sixth("refused: events by a stranger", log.events(next(log, 4), story(), 4));
    log = log();
    sixth("refused: events signed by another member", log.events(next(log, 1), story(), READER));
    log = log(Role.ROLE_READER);
    log.events(READER, new Story().put(2, 3_001, "cities", "ulm", "name", "Ulm"));
    read("refused: events by a reader", log, log.frame(1, 3, 3), log.frame(4, 4, 4));
  }

  private void chainsAndTimes() throws Exception {
    SessionLog log = log();
    sixth("refused: a counter left out", log.events(next(log, 1).setCounter(5), story(), 1));
    log = log();
    sixth("refused: a counter again", log.events(next(log, 1).setCounter(3), story(), 1));
    log = log();
    sixth(
        "refused: another previous file",
        log.events(next(log, 1).setPrevious(Sealing.filledString(32, 3)), story(), 1));
    log = log();
    HeaderBody.Builder body = next(log, 1);
    ByteString payload =
        SessionLog.sealed(body, SessionLog.plaintext(story()), SessionLog.EPOCH_KEY);
    sixth(
        "refused: the server time of the file before",
        log.add(body, payload, 1, Story.START + 4_000));
    ahead();
    log = log();
    sixth(
        "refused: a root that this log never had",
        log.events(next(log, 1).setSeen(seen(5, Hash.of(new byte[] {1}))), story(), 1));
    log = log();
    sixth(
        "refused: it has seen itself",
        log.events(next(log, 1).setSeen(seen(6, Hash.of(new byte[] {1}))), story(), 1));
  }

  private void ahead() throws Exception {
    SessionLog log = log();
    long bound = Story.START + 5_000 + 300_000;
    HeaderBody.Builder atBound =
        next(log, 1).setHybridTime(HybridTime.of(bound, HybridTime.MAX_COUNTER).bits());
    sixth("stamped ahead as far as may be", log.events(atBound, story(), 1));
    log = log();
    HeaderBody.Builder beyond =
        next(log, 1).setHybridTime(HybridTime.of(bound + 1, 0).bits());
    sixth(
        "refused: stamped ahead of the server's time beyond the bound",
        log.events(beyond, story(), 1));
    log = log();
    log.events(next(log, 1).setHybridTime(HybridTime.of(bound, 0).bits()), story(), 1);
    Json early = session(log, log.frame(1, 5, 5), log.frame(6, 6, 6));
    to.add(
        "refused: too far ahead of the device's own mesh time, it waits",
        "The mesh admitted it rightly; this device's clock is late.",
        early.u64("mesh_time_millis", Story.START + 4_999));
  }

  private static Seen seen(long sequence, Hash root) {
    return Seen.newBuilder().setSequence(sequence).setRoot(root.byteString()).build();
  }

  private void payloads() throws Exception {
    SessionLog log = log();
    altered("refused: a bit of a payload flipped", log, entry -> {
      byte[] payload = entry.getPayload().toByteArray();
      payload[20] ^= 0x10;
      entry.setPayload(ByteString.copyFrom(payload));
    });
    altered(
        "refused: a payload that is a byte short",
        log,
        entry -> entry.setPayload(entry.getPayload().substring(1)));
    altered("refused: a payload left out without a word", log, LogEntry.Builder::clearPayload);
    altered(
        "refused: a payload said to be reclaimed",
        log,
        entry -> entry.clearPayload().setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED));
    altered(
        "refused: an own payload left out, though nobody asked",
        log,
        entry -> entry.clearPayload().setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_OWN));
  }

  private void expiring() throws Exception {
    long next = Story.START + 6_000;
    SessionLog log = log();
    log.events(next(log, 1).setExpiresAtMillis(next), story(), 1).events(1, story());
    LogEntry.Builder gone =
        log.entry(6).clearPayload().setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED);
    read(
        "a payload that has expired by the time of the head",
        log,
        log.frame(1, 5, 5),
        log.frame(6, 6, 7).setEntries(0, gone),
        log.frame(7, 7, 7));
    read(
        "refused: one that has not expired by the time of the head",
        log,
        log.frame(1, 5, 5),
        log.frame(6, 6, 6).setEntries(0, gone));
    read(
        "a file that says of what does not expire that it does is passed over",
        log,
        log.frame(1, 5, 5),
        log.frame(6, 6, 6));
    altered(
        "refused: a payload said to have expired that never does",
        log(),
        entry -> entry.clearPayload().setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED));
  }

  private void memberships() throws Exception {
    SessionLog log = new SessionLog()
        .genesis(genesis -> genesis.setNotary(
            SigningKey.fromSeed(Sealing.filled(32, 0x78)).verifyingKey().byteString()));
    read("refused: a genesis that names another notary", log, log.frame(1, 1, 1));
    log = new SessionLog()
        .genesis(genesis -> {})
        .opening(Role.ROLE_WRITER, Story.START + 2_000)
        .joining(READER);
    read(
        "refused: a join in the millisecond of the expiry",
        log,
        log.frame(1, 2, 2),
        log.frame(3, 3, 3));
    log = log();
    MembershipChange.Builder gap =
        MembershipChange.newBuilder().setNumber(9).setPrevious(Sealing.filledString(32, 3));
    sixth(
        "refused: a change that is not the next link",
        log.add(
            log.body(1, FileKind.FILE_KIND_MEMBERSHIP).setMembership(gap), ByteString.EMPTY, 1));
    log = new SessionLog()
        .genesis(genesis -> genesis.setEpochCommitment(Sealing.filledString(32, 5)));
    DeviceKeyPair founder = SessionLog.device(1);
    to.add(
        "refused: a key that the log does not commit to",
        frames(
            Json.of("space", log.space().toString())
                .hex("notary", SessionLog.NOTARY.verifyingKey().byteString())
                .hex("signing_seed", founder.signing().seed())
                .hex("hpke_private", founder.hpkePrivate()),
            log,
            log.frame(1, 1, 1)));
  }

  private static HeaderBody.Builder compaction(HeaderBody.Builder next) {
    long base = next.getSeen().getSequence();
    return next.setKind(FileKind.FILE_KIND_COMPACTION)
        .setGeneration(1)
        .addSupersedes(SequenceRange.newBuilder().setFirst(1).setLast(base))
        .setPart(1)
        .setParts(1);
  }

  private static HeaderBody.Builder attestation(HeaderBody.Builder next) {
    return next.setKind(FileKind.FILE_KIND_ATTESTATION)
        .addAttestations(Attestation.newBuilder()
            .setCompaction(ByteString.copyFrom(Sealing.filled(32, 0x61)))
            .setVerdict(AttestationVerdict.ATTESTATION_VERDICT_ATTESTED));
  }

  private void newer() throws Exception {
    SessionLog log = log();
    HeaderBody.Builder body = next(log, 1);
    byte[] content = EventsPayload.newBuilder().setVersion(3).build().toByteArray();
    log.add(body, SessionLog.sealed(body, NewerPayload.of(content), SessionLog.EPOCH_KEY), 1);
    sixth("newer: a payload of version 3", log);
    log = log();
    sixth(
        "newer: an unknown kind of membership change",
        log.change(
            1, MembershipChange.newBuilder(), SessionLog.device(1).publicKeys().hpke()));
  }
}
