package dev.sealift.gateway.session;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.proto.Entries;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.FetchEntries;
import dev.sealift.protocol.proto.FetchPositions;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outline;
import dev.sealift.protocol.proto.OutlineFiles;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.Positions;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Step;
import dev.sealift.protocol.proto.StepList;
import dev.sealift.protocol.proto.Steps;

/** What a device wants to read once, out of its subscription's order. */
sealed interface Wanted {
  /** Half a frame: a header is not counted twice over, and a slow link is not blocked by one answer for too long. */
  int READ_BYTES = 512 << 10;

  /** What the answer repeats. */
  long request();

  /** Whether a log of this size has any of it; if not, the engine may know of a longer one. */
  boolean isWithin(long size);

  /** What to ask the store, for a head that has some of it. */
  Effect.Look ask(long ticket, Peer peer, SpaceHead upTo);

  /** The answer when the log has none of it. */
  Frame nothing(SpaceHead upTo);

  static void check(boolean holds) throws Breach {
    if (!holds) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }

  static void checkSequence(long sequence) throws Breach {
    check(sequence >= 0 && sequence < Limits.MAX_SEQUENCE);
  }

  /** 0 marks what the subscription pushes. */
  private static void checkRequest(long request) throws Breach {
    check(request != 0);
  }

  /** Entries behind a sequence. */
  record OfFiles(Fetch fetch) implements Wanted {
    static OfFiles of(Fetch fetch) throws Breach {
      checkSequence(fetch.getAfterSequence());
      checkRequest(fetch.getRequest());
      return new OfFiles(fetch);
    }

    @Override
    public long request() {
      return fetch.getRequest();
    }

    @Override
    public boolean isWithin(long size) {
      return fetch.getAfterSequence() < size;
    }

    @Override
    public Effect.Look ask(long ticket, Peer peer, SpaceHead upTo) {
      ReadRequest.Builder request = ReadRequest.newBuilder()
          .setSpace(peer.space().byteString())
          .setAfterSequence(fetch.getAfterSequence())
          .setHeadSize(upTo.size())
          .setMaxBytes(bounded(fetch.getMaxBytes(), READ_BYTES))
          .setMaxFiles(bounded(fetch.getMaxFiles(), Limits.MAX_FILES_ENTRIES));
      return new Effect.Read(ticket, 0, request.build());
    }

    /** What the device asks for, within ours; 0 leaves it to us. */
    private static int bounded(int unsignedAsked, int bound) {
      return unsignedAsked == 0
          ? bound
          : (int) Math.min(Integer.toUnsignedLong(unsignedAsked), bound);
    }

    @Override
    public Frame nothing(SpaceHead upTo) {
      return Frames.of(Frames.files(fetch.getRequest(), fetch.getAfterSequence(), upTo));
    }
  }

  /** The log without what compactions may stand for. */
  record OfOutline(Outline outline) implements Wanted {
    static OfOutline of(Outline outline) throws Breach {
      checkSequence(outline.getAfterSequence());
      checkSequence(outline.getUpTo());
      checkRequest(outline.getRequest());
      check(outline.getUpTo() == 0 || outline.getUpTo() > outline.getAfterSequence());
      check(outline.getStopsCount() <= Limits.MAX_STEPS);
      long before = outline.getAfterSequence();
      for (long stop : outline.getStopsList()) {
        checkSequence(stop);
        check(stop > before);
        before = stop;
      }
      return new OfOutline(outline);
    }

    @Override
    public long request() {
      return outline.getRequest();
    }

    @Override
    public boolean isWithin(long size) {
      return outline.getAfterSequence() < size;
    }

    @Override
    public Effect.Look ask(long ticket, Peer peer, SpaceHead upTo) {
      long end = outline.getUpTo() == 0 ? upTo.size() : Math.min(outline.getUpTo(), upTo.size());
      OutlineRequest.Builder request = OutlineRequest.newBuilder()
          .setSpace(peer.space().byteString())
          .setAfterSequence(outline.getAfterSequence())
          .setUpTo(end)
          .setHeadSize(upTo.size())
          .setMaxBytes(READ_BYTES)
          .setMaxEntries(Limits.MAX_FILES_ENTRIES)
          .addAllStops(outline.getStopsList());
      return new Effect.ReadOutline(ticket, 0, request.build());
    }

    @Override
    public Frame nothing(SpaceHead upTo) {
      return answer(OutlineReply.getDefaultInstance(), upTo);
    }

    /** A gap alone counts as one: it cannot be had in parts. */
    static int entriesOf(OutlineReply reply) {
      int entries =
          (int) reply.getPartsList().stream().filter(OutlinePart::hasEntry).count();
      return Math.max(entries, Math.min(1, reply.getPartsCount()));
    }

    Frame answer(OutlineReply reply, SpaceHead upTo) {
      OutlineFiles.Builder files = OutlineFiles.newBuilder()
          .setRequest(outline.getRequest())
          .setFirstSequence(outline.getAfterSequence() + 1)
          .addAllParts(reply.getPartsList())
          .setSignedHead(upTo.signed())
          .addAllConsistency(reply.getConsistencyList());
      return Frame.newBuilder().setOutlineFiles(files).build();
    }
  }

  /** The compactions that lead furthest. */
  record OfSteps(Steps steps) implements Wanted {
    static OfSteps of(Steps steps) throws Breach {
      checkSequence(steps.getAfterSequence());
      checkRequest(steps.getRequest());
      return new OfSteps(steps);
    }

    @Override
    public long request() {
      return steps.getRequest();
    }

    /** Where nothing is there is no step either, and nobody need be asked. */
    @Override
    public boolean isWithin(long size) {
      return true;
    }

    @Override
    public Effect.Look ask(long ticket, Peer peer, SpaceHead upTo) {
      CompactionsRequest.Builder request = CompactionsRequest.newBuilder()
          .setSpace(peer.space().byteString())
          .setHeadSize(upTo.size())
          .setStepsAfter(steps.getAfterSequence());
      return new Effect.FindSteps(ticket, 0, request.build());
    }

    @Override
    public Frame nothing(SpaceHead upTo) {
      return answer(CompactionsReply.getDefaultInstance(), upTo);
    }

    Frame answer(CompactionsReply reply, SpaceHead upTo) {
      StepList.Builder list =
          StepList.newBuilder().setRequest(steps.getRequest()).setSignedHead(upTo.signed());
      reply.getCompactionsList().forEach(compaction -> {
        Step.Builder step = Step.newBuilder()
            .setFirst(compaction.getFirst())
            .setBase(compaction.getBase())
            .setGeneration(compaction.getGeneration())
            .setBytes(compaction.getBytes())
            .addAllParts(compaction.getPartsList());
        compaction.getAttestationsList().forEach(by -> step.addAttestations(by.getSequence()));
        list.addSteps(step);
      });
      return Frame.newBuilder().setStepList(list).build();
    }
  }

  /** What the space's devices have signed that they hold. */
  record OfPositions(FetchPositions fetch) implements Wanted {
    static OfPositions of(FetchPositions fetch) throws Breach {
      checkRequest(fetch.getRequest());
      int bytes = fetch.getAfterDevice().size();
      check(bytes == 0 || bytes == DeviceId.BYTES);
      return new OfPositions(fetch);
    }

    @Override
    public long request() {
      return fetch.getRequest();
    }

    /** Whatever the log's size: they are told up to that. */
    @Override
    public boolean isWithin(long size) {
      return true;
    }

    @Override
    public Effect.Look ask(long ticket, Peer peer, SpaceHead upTo) {
      SignedPositionsRequest request = SignedPositionsRequest.newBuilder()
          .setSpace(peer.space().byteString())
          .setAfter(fetch.getAfterDevice())
          .setHeadSize(upTo.size())
          .build();
      return new Effect.ReadPositions(ticket, 0, request);
    }

    @Override
    public Frame nothing(SpaceHead upTo) {
      throw new IllegalStateException("there is always somebody to ask");
    }

    Frame answer(SignedPositionsReply reply, SpaceHead upTo) {
      Positions.Builder positions = Positions.newBuilder()
          .setRequest(fetch.getRequest())
          .addAllSignedPositions(reply.getSignedPositionsList())
          .setSignedHead(upTo.signed());
      return Frame.newBuilder().setPositions(positions).build();
    }
  }

  /** Single entries. */
  record OfEntries(FetchEntries fetch) implements Wanted {
    static OfEntries of(FetchEntries fetch) throws Breach {
      checkRequest(fetch.getRequest());
      int count = fetch.getSequencesCount();
      check(count >= 1 && count <= Limits.MAX_FETCH_ENTRIES);
      long before = 0;
      for (long sequence : fetch.getSequencesList()) {
        checkSequence(sequence);
        check(sequence > before);
        before = sequence;
      }
      return new OfEntries(fetch);
    }

    @Override
    public long request() {
      return fetch.getRequest();
    }

    @Override
    public boolean isWithin(long size) {
      return fetch.getSequences(0) <= size;
    }

    @Override
    public Effect.Look ask(long ticket, Peer peer, SpaceHead upTo) {
      EntriesRequest.Builder request = EntriesRequest.newBuilder()
          .setSpace(peer.space().byteString())
          .setHeadSize(upTo.size())
          .setMaxBytes(READ_BYTES);
      fetch.getSequencesList().stream()
          .filter(sequence -> sequence <= upTo.size())
          .forEach(request::addSequences);
      return new Effect.ReadEntries(ticket, 0, request.build());
    }

    @Override
    public Frame nothing(SpaceHead upTo) {
      return answer(EntriesReply.getDefaultInstance(), upTo);
    }

    Frame answer(EntriesReply reply, SpaceHead upTo) {
      Entries.Builder entries = Entries.newBuilder()
          .setRequest(fetch.getRequest())
          .addAllEntries(reply.getEntriesList())
          .setSignedHead(upTo.signed());
      return Frame.newBuilder().setEntries(entries).build();
    }
  }
}
