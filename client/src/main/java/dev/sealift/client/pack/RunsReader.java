package dev.sealift.client.pack;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Utf8;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.EventsPayload;
import dev.sealift.protocol.proto.Run;
import dev.sealift.protocol.proto.RunColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Runs of events from an {@code EventsPayload} from outside.
 *
 * <p>Reads the message field by field: the generated parser would make an object of every two bytes
 * of a hostile payload before anything could count them. Unknown fields are skipped; the file,
 * which is kept as it came, still has them.
 */
final class RunsReader {
  private static final int LENGTH_DELIMITED = WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int VARINT = WireFormat.WIRETYPE_VARINT;

  private final CodedInputStream in;
  private final Tally tally = new Tally();

  private final boolean hasTransactions;

  private RunsReader(byte[] content, long version) {
    this.hasTransactions = version >= PayloadCodec.TRANSACTIONS_VERSION;
    this.in = CodedInputStream.newInstance(content);
  }

  static List<EventRun> read(byte[] content)
      throws FormatException, UnknownPayloadVersionException {
    long version = requireVersion(content);
    try {
      return new RunsReader(content, version).readPayload();
    } catch (IOException e) {
      throw new FormatException("a payload is not a well-formed message", e);
    }
  }

  private static long requireVersion(byte[] content)
      throws FormatException, UnknownPayloadVersionException {
    long version = readVersion(content);
    if (version < 1) {
      throw new FormatException("a payload has no version");
    }
    if (version > PayloadCodec.VERSION) {
      throw new UnknownPayloadVersionException(version);
    }
    return version;
  }

  /** Fields come in any order, and a newer version may have changed everything but this one. */
  private static long readVersion(byte[] content) throws FormatException {
    CodedInputStream in = CodedInputStream.newInstance(content);
    long version = 0;
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == tag(EventsPayload.VERSION_FIELD_NUMBER, VARINT)) {
          version = Integer.toUnsignedLong(in.readUInt32());
        } else {
          in.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw new FormatException("a payload is not a well-formed message", e);
    }
    return version;
  }

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  private List<EventRun> readPayload() throws IOException, FormatException {
    List<EventRun> runs = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == tag(EventsPayload.RUNS_FIELD_NUMBER, LENGTH_DELIMITED)) {
        requireBelow(runs.size(), PayloadLimits.MAX_RUNS, "runs");
        runs.add(within(this::readRun));
      } else {
        in.skipField(tag);
      }
    }
    requireWholeTransactions(runs);
    return runs;
  }

  /** The runs of a transaction stand together, its guards before its writes. Its number is the time of its first event; no other is earlier. It has a bounded number of events. */
  private static void requireWholeTransactions(List<EventRun> runs) throws FormatException {
    Set<Long> begun = new HashSet<>();
    EventRun before = null;
    int events = 0;
    for (EventRun run : runs) {
      boolean goesOn = before != null && before.transaction() == run.transaction();
      if (run.isOfTransaction()
          && !(goesOn
              ? run.kind() != RunKind.GUARD || before.kind() == RunKind.GUARD
              : begun.add(run.transaction())
                  && run.rows().get(0).time().bits() == run.transaction())) {
        throw new FormatException("a transaction is torn, or has another number than it must");
      }
      events = goesOn ? events + run.rows().size() : run.rows().size();
      requireBounded(run, events);
      before = run;
    }
  }

  private static void requireBounded(EventRun run, int events) throws FormatException {
    if (run.isOfTransaction()
        && (events > PayloadLimits.MAX_TRANSACTION_EVENTS
            || run.rows().stream()
                .anyMatch(
                    event -> Long.compareUnsigned(event.time().bits(), run.transaction()) < 0))) {
      throw new FormatException("a transaction has too many events, or one from before it");
    }
  }

  private interface Part<T> {
    T read() throws IOException, FormatException;
  }

  /** Reads a message inside of the one that is being read. */
  private <T> T within(Part<T> part) throws IOException, FormatException {
    int outer = in.pushLimit(in.readRawVarint32());
    T read = part.read();
    in.checkLastTagWas(0);
    in.popLimit(outer);
    return read;
  }

  private static void requireBelow(int count, int bound, String what) throws FormatException {
    if (count >= bound) {
      throw new FormatException("a payload has too many " + what);
    }
  }

  private EventRun readRun() throws IOException, FormatException {
    RawRun run = new RawRun();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case Run.KIND_FIELD_NUMBER << 3 | VARINT -> run.kind = in.readEnum();
        case Run.TABLE_FIELD_NUMBER << 3 | LENGTH_DELIMITED -> run.table = readName();
        case Run.SEEN_SEQUENCE_FIELD_NUMBER << 3 | VARINT -> run.seenSequence = in.readUInt64();
        case Run.SEEN_FILES_FIELD_NUMBER << 3 | LENGTH_DELIMITED -> {
          requireBelow(run.seenFiles.size(), Limits.MAX_BUILDS_ON, "seen files");
          run.seenFiles.add(within(this::readDot));
        }
        case Run.ROWS_FIELD_NUMBER << 3 | VARINT -> run.rows = in.readUInt32();
        case Run.TIMES_FIELD_NUMBER << 3 | LENGTH_DELIMITED -> run.times = in.readByteArray();
        case Run.TRANSACTION_FIELD_NUMBER << 3 | VARINT -> run.transaction = in.readUInt64();
        case Run.KEYS_FIELD_NUMBER << 3 | LENGTH_DELIMITED -> run.keys = in.readByteArray();
        case Run.COLUMNS_FIELD_NUMBER << 3 | LENGTH_DELIMITED -> {
          requireBelow(run.columns.size(), ValueLimits.MAX_COLUMNS, "columns");
          run.columns.add(within(this::readColumn));
        }
        default -> in.skipField(tag);
      }
    }
    if (!hasTransactions) {
      run.transaction = 0; // an unknown field of the first version, which all its readers pass over
    }
    return run.events(tally);
  }

  private DotRef readDot() throws IOException, FormatException {
    byte[] device = {};
    byte[] file = {};
    long counter = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case Dot.DEVICE_FIELD_NUMBER << 3 | LENGTH_DELIMITED -> device = in.readByteArray();
        case Dot.COUNTER_FIELD_NUMBER << 3 | VARINT -> counter = in.readUInt64();
        case Dot.FILE_FIELD_NUMBER << 3 | LENGTH_DELIMITED -> file = in.readByteArray();
        default -> in.skipField(tag);
      }
    }
    if (counter < 1 || counter > Limits.MAX_SEQUENCE) {
      throw new FormatException("a dot's counter is out of bounds");
    }
    return new DotRef(DeviceId.of(device), counter, FileId.of(file));
  }

  private RawColumn readColumn() throws IOException, FormatException {
    RawColumn column = new RawColumn();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case RunColumn.NAME_FIELD_NUMBER << 3 | LENGTH_DELIMITED -> column.name = readName();
        case RunColumn.VALUES_FIELD_NUMBER << 3 | LENGTH_DELIMITED ->
          column.values = in.readByteArray();
        case RunColumn.GROUP_FIELD_NUMBER << 3 | VARINT -> column.group = in.readUInt32();
        default -> in.skipField(tag);
      }
    }
    return column;
  }

  private String readName() throws IOException, FormatException {
    byte[] utf8 = in.readByteArray();
    String name = utf8.length > ValueLimits.MAX_NAME_BYTES ? "" : Utf8.decode(utf8, 0, utf8.length);
    if (!Names.isWellFormed(name)) {
      throw new FormatException("a table or column has a name that is none");
    }
    return name;
  }
}
