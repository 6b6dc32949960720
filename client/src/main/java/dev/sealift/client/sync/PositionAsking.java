package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.proto.FetchPositions;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Positions;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks a mesh on one connection what other devices have signed that they hold: one round at a time, frame by frame. */
final class PositionAsking {
  private static final long REQUEST = 8;

  /** Of one round, so that no mesh goes on with it for ever: of more devices than any space has. */
  private static final int MOST_FRAMES = 64;

  private final Replica replica;
  private final Consumer<Frame> out;
  private boolean areKept;
  private boolean isUnderWay;
  private int frames;
  private Optional<DeviceId> behind = Optional.empty();

  PositionAsking(Replica replica, Consumer<Frame> out) {
    this.replica = replica;
    this.out = out;
  }

  /** The mesh has said whether it keeps any. */
  void connected(boolean keeps) {
    areKept = keeps;
  }

  boolean areKept() {
    return areKept;
  }

  /** Whether somebody wants to know, and the mesh has no question to answer. */
  boolean mayAsk() {
    return areKept && !isUnderWay && replica.wantsPositions();
  }

  void ask() {
    isUnderWay = true;
    frames = 0;
    ask(Optional.empty());
  }

  private void ask(Optional<DeviceId> from) {
    behind = from;
    out.accept(Frame.newBuilder()
        .setFetchPositions(FetchPositions.newBuilder()
            .setRequest(REQUEST)
            .setAfterDevice(from.map(DeviceId::byteString).orElse(ByteString.EMPTY)))
        .build());
  }

  /** The mesh does not serve a request; returns whether it is this one, which is asked again after a while. */
  boolean isUnserved(long request) {
    boolean isThis = isUnderWay && request == REQUEST;
    isUnderWay &= !isThis;
    return isThis;
  }

  void receive(Positions told) throws MeshViolationException, FormatException {
    SyncSession.expect(isUnderWay && told.getRequest() == REQUEST);
    replica.learnHead(told.getSignedHead());
    replica.takePositions(told.getSignedPositionsList(), behind);
    frames++;
    int count = told.getSignedPositionsCount();
    if (count < Limits.MAX_POSITIONS || frames == MOST_FRAMES) {
      isUnderWay = false;
      return;
    }
    SignedPosition last = SignedPosition.parse(told.getSignedPositions(count - 1));
    ask(Optional.of(last.position().device()));
  }
}
