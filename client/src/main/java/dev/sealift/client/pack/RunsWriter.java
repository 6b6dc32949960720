package dev.sealift.client.pack;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.EventsPayload;
import dev.sealift.protocol.proto.Run;
import dev.sealift.protocol.proto.RunColumn;
import java.util.List;

/** Runs of events as an {@code EventsPayload}. */
final class RunsWriter {
  private RunsWriter() {}

  static byte[] write(List<EventRun> runs) {
    EventsPayload.Builder payload = EventsPayload.newBuilder().setVersion(version(runs));
    for (EventRun run : runs) {
      if (run.rows().isEmpty()) {
        throw new IllegalArgumentException("a run in a payload has an event");
      }
      payload.addRuns(message(run));
    }
    return payload.build().toByteArray();
  }

  /** Readers of the first version would tear transactions: they must not take them. */
  private static int version(List<EventRun> runs) {
    return runs.stream().anyMatch(EventRun::isOfTransaction)
        ? PayloadCodec.TRANSACTIONS_VERSION
        : PayloadCodec.FIRST_VERSION;
  }

  private static Run message(EventRun run) {
    Run.Builder message = Run.newBuilder()
        .setKindValue(run.kind().number())
        .setTable(run.table())
        .setSeenSequence(run.seenSequence())
        .setRows(run.rows().size())
        .setTransaction(run.transaction())
        .setTimes(times(run.rows()))
        .setKeys(keys(run.rows()));
    for (DotRef dot : run.seenFiles()) {
      message.addSeenFiles(message(dot));
    }
    for (int i = 0; i < run.columns().size(); i++) {
      message.addColumns(RunColumn.newBuilder()
          .setName(run.columns().get(i))
          .setValues(column(run.rows(), i))
          .setGroup(run.groups().isEmpty() ? 0 : run.groups().get(i)));
    }
    return message.build();
  }

  private static Dot message(DotRef dot) {
    return Dot.newBuilder()
        .setDevice(dot.device().byteString())
        .setCounter(dot.counter())
        .setFile(dot.file().byteString())
        .build();
  }

  private static ByteString times(List<RowEvent> rows) {
    long[] times = new long[rows.size()];
    for (int i = 0; i < times.length; i++) {
      times[i] = rows.get(i).time().bits();
    }
    ByteWriter out = new ByteWriter(64);
    IntegerSeries.write(out, times);
    return bytes(out.toByteArray());
  }

  private static ByteString keys(List<RowEvent> rows) {
    String[] keys = new String[rows.size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = rows.get(i).key();
    }
    return bytes(ColumnWriter.write(keys));
  }

  private static ByteString column(List<RowEvent> rows, int column) {
    Value[] values = new Value[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.get(i).values().get(column);
    }
    return bytes(ColumnWriter.write(values));
  }

  /** Nobody else holds the array. */
  private static ByteString bytes(byte[] owned) {
    return UnsafeByteOperations.unsafeWrap(owned);
  }
}
