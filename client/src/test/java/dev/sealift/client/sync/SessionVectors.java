package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.vectors.Deliveries;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.nio.file.Path;
import java.util.List;

public final class SessionVectors extends VectorFile {
  public SessionVectors() {
    super(
        "session",
        "Sections 16 and 17: a small space as the Files frames that a gateway pushes, and what a device that reads it from"
            + " the beginning comes to; and frames that no honest mesh sends.");
  }

  @Override
  protected void cases(Cases to) throws Exception {
    SessionCases.add(to);
  }

  /** What is refused, passed over or given twice leaves no trace. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws Exception {
    List<Files> frames = in.list("frames", json -> files(Inputs.hex(json)));
    long meshMillis = in.u64("mesh_time_millis");
    Path folder = Deliveries.temporary();
    try (ReadingDevice device = in.has("link")
        ? ReadingDevice.byLink(folder, in.text("link"), meshMillis, frames)
        : ReadingDevice.byKeys(folder, in, meshMillis, frames)) {
      for (int at = 0; at < frames.size(); at++) {
        String refused = receive(device, frames.get(at));
        if (!refused.isEmpty()) {
          return device.position(Json.of("refused", refused).u32("at", at));
        }
      }
      return device.describe();
    } finally {
      Deliveries.delete(folder);
    }
  }

  private static Files files(byte[] bytes) {
    try {
      Frame frame = Frame.parseFrom(ByteString.copyFrom(bytes));
      if (!frame.hasFiles()) {
        throw new BadVectorException("not a frame of files");
      }
      return frame.getFiles();
    } catch (InvalidProtocolBufferException e) {
      throw new BadVectorException("not a frame", e);
    }
  }

  /** Why nothing of it is applied; empty when all of it was. */
  private static String receive(ReadingDevice device, Files files) {
    try {
      device.receive(files);
      return "";
    } catch (MeshViolationException e) {
      return e.violation().name();
    } catch (NewerFormatException e) {
      return "NEWER_VERSION";
    } catch (FormatException e) {
      return "MALFORMED";
    } catch (StoreException e) {
      return named(e.code() == StoreException.Code.TIME_AHEAD, "TIME_AHEAD", e);
    } catch (SealiftException e) {
      return named(e.code() == ErrorCode.NEWER_FORMAT, "NEWER_VERSION", e);
    }
  }

  private static String named(boolean expected, String name, RuntimeException e) {
    if (!expected) {
      throw e;
    }
    return name;
  }
}
