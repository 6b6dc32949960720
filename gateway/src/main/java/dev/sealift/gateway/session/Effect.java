package dev.sealift.gateway.session;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.protocol.proto.Frame;
import java.util.List;
import java.util.Optional;

/** What a session asks of the world around it, to be done in the order given. */
public sealed interface Effect {

  /** Write a frame to the socket. */
  record Send(Frame frame) implements Effect {}

  /** Write a WebSocket ping, to hear whether the device is still there. */
  record Ping() implements Effect {}

  /** From now on tell this session of every new head of the space. */
  record Follow(SpaceId space) implements Effect {}

  /**
   * The device is in: it counts for its space, and its oldest connections beyond what it may have are closed.
   *
   * @param deviceConnections how many it may have, this one with them
   */
  record Entered(SpaceId space, DeviceId device, long deviceConnections) implements Effect {}

  /**
   * The mesh's answer told of a head: other sessions of the space may want it.
   *
   * @param fresh the log's end, if this session has just brought it there
   */
  record Learned(SpaceId space, SpaceHead head, Optional<FreshFiles> fresh) implements Effect {}

  /** The device was measured. */
  record Paced(SpaceId space, Taken taken) implements Effect {}

  record PauseReading() implements Effect {}

  record ResumeReading() implements Effect {}

  record ReportPosition(DevicePosition position) implements Effect {}

  /** A question to the mesh. Its answer, or its failure, comes back with the same ticket. */
  sealed interface Ask extends Effect {
    long ticket();

    /** How long to wait before asking; more than 0 only when an earlier try failed. */
    long delayMillis();

    /** The ticket of the first question of several that belong together, such as staging a Put's payloads and admitting its headers. */
    default long origin() {
      return ticket();
    }
  }

  record Authorize(long ticket, long delayMillis, SpaceId space, AuthorizeRequest request)
      implements Ask {}

  /** Where the owner of the space's shard will commit, looked up anew for each try. */
  record Stage(long ticket, long delayMillis, long origin, SpaceId space, StageRequest request)
      implements Ask {}

  /**
   * To the owner of the space's shard, looked up anew for each try.
   *
   * @param stagedAt what {@code StageReply} called the storage-adapter that keeps the payloads
   */
  record Admit(
      long ticket,
      long delayMillis,
      long origin,
      SpaceId space,
      String stagedAt,
      AdmitRequest request)
      implements Ask {}

  /** A question to the store about the log, of any storage-adapter. */
  sealed interface Look extends Ask {
    /** The same, asked anew. */
    Look again(long ticket, long delayMillis);

    /** The same, for fewer: the answer was too large. */
    default Look fewer(int most, long ticket) {
      return again(ticket, 0);
    }
  }

  record Read(long ticket, long delayMillis, ReadRequest request) implements Look {
    @Override
    public Look again(long ticket, long delayMillis) {
      return new Read(ticket, delayMillis, request);
    }

    @Override
    public Look fewer(int most, long ticket) {
      return new Read(ticket, 0, request.toBuilder().setMaxFiles(most).build());
    }
  }

  record ReadOutline(long ticket, long delayMillis, OutlineRequest request) implements Look {
    @Override
    public Look again(long ticket, long delayMillis) {
      return new ReadOutline(ticket, delayMillis, request);
    }

    @Override
    public Look fewer(int most, long ticket) {
      return new ReadOutline(ticket, 0, request.toBuilder().setMaxEntries(most).build());
    }
  }

  record ReadEntries(long ticket, long delayMillis, EntriesRequest request) implements Look {
    @Override
    public Look again(long ticket, long delayMillis) {
      return new ReadEntries(ticket, delayMillis, request);
    }

    @Override
    public Look fewer(int most, long ticket) {
      List<Long> first = request.getSequencesList().subList(0, most);
      return new ReadEntries(
          ticket, 0, request.toBuilder().clearSequences().addAllSequences(first).build());
    }
  }

  record FindSteps(long ticket, long delayMillis, CompactionsRequest request) implements Look {
    @Override
    public Look again(long ticket, long delayMillis) {
      return new FindSteps(ticket, delayMillis, request);
    }
  }

  record ReadPositions(long ticket, long delayMillis, SignedPositionsRequest request)
      implements Look {
    @Override
    public Look again(long ticket, long delayMillis) {
      return new ReadPositions(ticket, delayMillis, request);
    }
  }

  /** Write the problem, if there is one, close the WebSocket, and forget the session. */
  record Close(CloseCode code, Optional<Frame> problem) implements Effect {}
}
