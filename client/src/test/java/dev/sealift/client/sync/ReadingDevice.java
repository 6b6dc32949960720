package dev.sealift.client.sync;

import com.google.gson.JsonElement;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ChainHead;
import dev.sealift.client.store.RemoteFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.client.vault.Vault;
import dev.sealift.client.vectors.Event;
import dev.sealift.client.vectors.MergeModel;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.MembershipJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A device of production code, from store to verifier, that only reads; and what it came to. */
final class ReadingDevice implements AutoCloseable {
  private static final Progress NOBODY = new Progress() {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {}
  };

  private final SpaceStore store;
  private final SpaceRecords records;
  private final Replica replica;
  private final List<Read> files = new ArrayList<>();

  /** A file that was applied, and its events, which are none where it was not readable. */
  private record Read(VerifiedEntry entry, Optional<List<Event>> events) {
    boolean isOfEvents() {
      return entry.file().header().kind() == FileKind.FILE_KIND_EVENTS;
    }
  }

  private interface Start {
    void write(SpaceRecords records, Batch batch) throws FormatException;
  }

  private ReadingDevice(Path folder, DeviceKeyPair keys, long meshMillis, Start start)
      throws FormatException {
    this.store = SpaceStore.open(folder.resolve("space.db"), keys.id(), () -> meshMillis);
    this.records = new SpaceRecords(store, Vault.open(folder.resolve("vault"), null));
    try (Batch batch = store.batch()) {
      records.start(batch);
      start.write(records, batch);
      batch.commit();
    }
    this.replica = new Replica(keys, store, records, new MeshClock(() -> meshMillis), NOBODY);
  }

  /** With nothing left but its private keys: its epoch key is in its own join, or its genesis. */
  static ReadingDevice byKeys(Path folder, Inputs in, long meshMillis, List<Files> frames)
      throws FormatException, InvalidProtocolBufferException {
    DeviceKeyPair keys = DeviceKeyPair.of(
        in.bytes("signing_seed").concat(in.bytes("hpke_private")).toByteArray());
    SpaceId space = SpaceId.of(in.hex("space"));
    VerifyingKey notary = VerifyingKey.of(in.hex("notary"));
    Optional<EpochKey> key = epochKey(keys, frames);
    return new ReadingDevice(folder, keys, meshMillis, (records, batch) -> {
      records.putSpace(batch, space, notary);
      key.ifPresent(found -> records.putEpochKey(batch, found));
    });
  }

  private static Optional<EpochKey> epochKey(DeviceKeyPair keys, List<Files> frames)
      throws FormatException, InvalidProtocolBufferException {
    ByteString recipient = keys.publicKeys().hpke();
    for (Files frame : frames) {
      for (LogEntry entry : frame.getEntriesList()) {
        for (KeyEnvelope envelope : envelopes(entry)) {
          if (envelope.getRecipient().equals(recipient)) {
            return Optional.of(KeySealing.open(
                keys.hpkePrivate(),
                recipient,
                envelope.getCollection(),
                envelope.getEpoch(),
                envelope.getSealedKey()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<KeyEnvelope> envelopes(LogEntry entry) throws InvalidProtocolBufferException {
    try {
      return SignedHeader.parse(entry.getSignedHeader()).header().membership().isPresent()
          ? MembershipPayload.parseFrom(entry.getPayload()).getEnvelopesList()
          : List.of();
    } catch (FormatException e) {
      return List.of();
    }
  }

  static ReadingDevice byLink(Path folder, String text, long meshMillis, List<Files> frames)
      throws FormatException {
    InviteLink link = InviteLink.parse(text);
    byte[] secret = link.secret().toByteArray();
    ReadingDevice device = new ReadingDevice(
        folder,
        DeviceKeyPair.generate(),
        meshMillis,
        (records, batch) -> records.startJoining(
            batch, link.space(), link.notary(), link.head(), secret, link.invitationSequence()));
    LogEntry invitation = entry(frames, link.invitationSequence());
    device.replica.learnInvitation(invitation.getSignedHeader(), invitation.getPayload());
    return device;
  }

  private static LogEntry entry(List<Files> frames, long sequence) {
    for (Files frame : frames) {
      long place = sequence - frame.getFirstSequence();
      if (place >= 0 && place < frame.getEntriesCount()) {
        return frame.getEntries((int) place);
      }
    }
    throw new BadVectorException("no frame has the invitation's file");
  }

  void receive(Files frame) throws MeshViolationException, FormatException {
    VerifiedFiles verified = replica.verifier(false).check(frame, replica.log());
    long unreadable = records.unreadable();
    replica.apply(verified);
    List<Read> read = verified.entries().stream().map(this::read).toList();
    files.addAll(read);
    long passedOver = read.stream().filter(file -> file.events().isEmpty()).count();
    if (records.unreadable() - unreadable != passedOver) {
      throw new AssertionError("the replica and this test disagree on what can be read");
    }
  }

  private Read read(VerifiedEntry entry) {
    boolean ofEvents = entry.file().header().kind() == FileKind.FILE_KIND_EVENTS;
    return new Read(entry, ofEvents ? events(entry) : Optional.of(List.of()));
  }

  private Optional<List<Event>> events(VerifiedEntry entry) {
    SignedHeader file = entry.file();
    List<Event> events = new ArrayList<>();
    if (entry.isExpired()) {
      return Optional.of(events);
    }
    if (file.header().expiresAtMillis() != RemoteFile.NEVER) {
      return Optional.empty(); // no log here says that anything expires
    }
    try {
      byte[] payload = entry.payload().orElseThrow().toByteArray();
      byte[] plaintext =
          replica.epochKey().orElseThrow().open(file.header(), file.associatedData(), payload);
      for (EventRun run : PayloadCodec.decode(plaintext)) {
        run.rows().forEach(row -> events.add(event(file.header().device(), run, row)));
      }
    } catch (FormatException | UnknownPayloadVersionException e) {
      return Optional.empty();
    }
    boolean ahead =
        events.stream().anyMatch(event -> event.time().isAfter(file.header().time()));
    return ahead ? Optional.empty() : Optional.of(events);
  }

  private Event event(DeviceId author, EventRun run, RowEvent row) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < run.columns().size(); i++) {
      values.put(run.columns().get(i), row.values().get(i));
    }
    return new Event(
        run.kind(),
        run.table(),
        row.key(),
        row.time(),
        author,
        run.seenSequence(),
        run.seenFiles().stream().flatMap(this::sequenceOf).toList(),
        values,
        List.of(),
        run.transaction());
  }

  private Stream<Long> sequenceOf(DotRef dot) {
    return files.stream()
        .map(Read::entry)
        .filter(entry -> entry.file().id().equals(dot.file()))
        .map(VerifiedEntry::sequence);
  }

  // What it came to

  Json position(Json to) {
    return to.u64("position", replica.log().position())
        .text("root", replica.log().tree().root().toString());
  }

  Json describe() throws FormatException {
    List<SignedHeader> headers = files.stream().map(file -> file.entry().file()).toList();
    Json json = position(Json.object())
        .texts("edge", edge())
        .u64("server_time_millis", replica.log().serverTimeMillis())
        .hex("epoch_key", replica.epochKey().orElseThrow().secret())
        .list(
            "chains",
            List.copyOf(new java.util.TreeMap<>(replica.log().chains()).entrySet()),
            ReadingDevice::chain)
        .object("membership", MembershipJson.of(replica.log().membership().orElseThrow(), headers))
        .list("files", files, ReadingDevice::file);
    MergeModel model = new MergeModel(SpaceRules.defaults());
    files.forEach(file -> model.add(
        file.entry().sequence(), file.entry().serverTimeMillis(), file.events().orElse(List.of())));
    model.describe(json);
    requireDigest(json, "visible_digest", store.visibleDigest());
    requireDigest(json, "merge_digest", store.mergeDigest());
    return json;
  }

  private static void requireDigest(Json json, String name, Hash digest) {
    if (!json.get().get(name).getAsString().equals(digest.toString())) {
      throw new AssertionError("the store has another " + name);
    }
  }

  private List<Hash> edge() throws FormatException {
    byte[] frontier = replica.log().tree().frontier();
    List<Hash> edge = new ArrayList<>();
    for (int at = 0; at < frontier.length; at += Hash.BYTES) {
      edge.add(Hash.wrap(Arrays.copyOfRange(frontier, at, at + Hash.BYTES)));
    }
    return edge;
  }

  private static JsonElement chain(Map.Entry<DeviceId, ChainHead> chain) {
    return Json.of("device", chain.getKey().toString())
        .u64("counter", chain.getValue().counter())
        .text("file", chain.getValue().file().toString())
        .get();
  }

  private static JsonElement file(Read file) {
    Json json = Json.object()
        .u64("sequence", file.entry().sequence())
        .text("file_id", file.entry().file().id().toString());
    if (file.isOfEvents()) {
      json.bool("readable", file.events().isPresent());
    }
    return json.get();
  }

  @Override
  public void close() {
    store.close();
  }
}
