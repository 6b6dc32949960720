package dev.sealift.client.compact;

import dev.sealift.client.pack.ByteReader;
import dev.sealift.client.pack.ColumnReader;
import dev.sealift.client.pack.IntegerSeries;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PrimitiveIterator;

/** Reads one block from outside. The layout is in {@link BlockCodec}. */
final class BlockReader {
  private final ByteReader in;
  private int left = BlockWeight.MAX_ITEMS;
  private DeviceId[] devices = {};
  private Origin[] stamps = {};
  private StepRange range = new StepRange(1, 1);

  BlockReader(byte[] bytes) {
    in = new ByteReader(bytes);
  }

  Block read() throws FormatException, UnknownPayloadVersionException {
    long version = in.readVarint();
    if (version != BlockCodec.VERSION) {
      if (version > BlockCodec.VERSION) {
        throw new UnknownPayloadVersionException(version);
      }
      throw new FormatException("a block has no version");
    }
    range = StepRange.read(in.readVarint(), in.readVarint());
    readDevices();
    readStamps();
    List<CarriedPolicy> policies = readPolicies();
    List<CarriedJudgement> judgements = readJudgements();
    List<CarriedRow> rows = readTables();
    List<CarriedFile> files = readFiles();
    in.requireEnd();
    Block block = new Block(range, policies, judgements, rows, files);
    require(BlockWeight.of(block) <= BlockWeight.MAX, "a block is too heavy");
    return block;
  }

  static void require(boolean holds, String what) throws FormatException {
    if (!holds) {
      throw new FormatException(what);
    }
  }

  private void readDevices() throws FormatException {
    int count = count();
    devices = new DeviceId[count];
    for (int i = 0; i < count; i++) {
      devices[i] = DeviceId.of(in.readBytes(DeviceId.BYTES).toByteArray());
      require(
          i == 0 || devices[i - 1].compareTo(devices[i]) < 0, "a block's devices do not ascend");
    }
  }

  private void readStamps() throws FormatException {
    int count = count();
    long[] places = times(count);
    long[] times = series(count);
    long[] authors = series(count);
    long[] sequences = loggedSequences(count);
    stamps = new Origin[count];
    for (int i = 0; i < count; i++) {
      require(times[i] != 0, "a stamp has no time");
      stamps[i] = new Origin(places[i], times[i], device(authors[i]), sequences[i]);
    }
  }

  private List<CarriedPolicy> readPolicies() throws FormatException {
    int count = count();
    String[] tables = names(count);
    long[] keeps = series(count);
    long[] sequences = rangeSequences(count);
    long[] times = times(count);
    int withLifetime = (int)
        Arrays.stream(keeps).filter(keep -> keep == CarriedPolicy.LIFETIME).count();
    PrimitiveIterator.OfLong lifetimes =
        Arrays.stream(within(withLifetime, 1, Long.MAX_VALUE)).iterator();
    List<CarriedPolicy> policies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      require(keeps[i] >= 1 && keeps[i] <= CarriedPolicy.LIFETIME, "a policy is none");
      long lifetime = keeps[i] == CarriedPolicy.LIFETIME ? lifetimes.nextLong() : 0;
      CarriedPolicy policy =
          new CarriedPolicy(tables[i], (int) keeps[i], sequences[i], times[i], lifetime);
      require(
          i == 0 || CarriedPolicy.ORDER.compare(policies.get(i - 1), policy) < 0,
          "policies do not ascend");
      policies.add(policy);
    }
    return policies;
  }

  private List<CarriedJudgement> readJudgements() throws FormatException {
    int count = count();
    long[] authors = series(count);
    long[] numbers = series(count);
    List<Hash> hashes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hashes.add(Hash.wrap(in.readBytes(Hash.BYTES).toByteArray()));
    }
    long[] sequences = rangeSequences(count);
    long[] conflicts = series(count);
    List<CarriedJudgement> judgements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      require(
          numbers[i] != 0 && conflicts[i] >= 0 && conflicts[i] <= 1, "a judgement is of nothing");
      CarriedJudgement judgement = new CarriedJudgement(
          device(authors[i]), numbers[i], hashes.get(i), sequences[i], conflicts[i] == 1);
      require(
          i == 0 || CarriedJudgement.ORDER.compare(judgements.get(i - 1), judgement) < 0,
          "judgements do not ascend");
      judgements.add(judgement);
    }
    return judgements;
  }

  private List<CarriedRow> readTables() throws FormatException {
    int count = count();
    List<CarriedRow> rows = new ArrayList<>();
    String before = "";
    for (int i = 0; i < count; i++) {
      TableReader table = new TableReader(this, name());
      require(CodePoints.compare(before, table.name()) < 0, "a block's tables do not ascend");
      before = table.name();
      table.read(rows);
    }
    return rows;
  }

  private List<CarriedFile> readFiles() throws FormatException {
    int count = count();
    long[] sequences = rangeSequences(count);
    long[] authors = series(count);
    long[] counters = sequences(count);
    long[] naming = within(count, BlockCodec.UNNAMED, BlockCodec.FIRST_NAMED);
    FileId[] ids = new FileId[count];
    for (int i = 0; i < count; i++) {
      if (naming[i] != BlockCodec.UNNAMED) {
        ids[i] = FileId.of(in.readBytes(FileId.BYTES).toByteArray());
      }
    }
    Bytes[] edges = new Bytes[count];
    for (int i = 0; i < count; i++) {
      if (naming[i] == BlockCodec.FIRST_NAMED) {
        edges[i] = in.readBytes(CarriedFile.edgeBytes(sequences[i]));
      }
    }
    long[] serverTimes = times(count);
    long[] bases = times(count);
    long[] places = times(count);
    long[] known = times(count);
    long[] newest = series(count);
    List<CarriedFile> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      require(i == 0 || sequences[i] == sequences[i - 1] + 1, "files have a gap between them");
      files.add(new CarriedFile(
          sequences[i],
          device(authors[i]),
          counters[i],
          ids[i],
          serverTimes[i],
          bases[i],
          places[i],
          known[i],
          newest[i],
          edges[i]));
    }
    return files;
  }

  // What all of it is made of

  /** How many of something there are: there is room for so many more. */
  int count() throws FormatException {
    int count = in.readCount(left);
    left -= count;
    return count;
  }

  /** Of each of some rows how many of something. */
  int[] counts(int rows) throws FormatException {
    long[] numbers = series(rows);
    int[] counts = new int[rows];
    for (int i = 0; i < rows; i++) {
      require(numbers[i] >= 0 && numbers[i] <= left, "a block has too much in it");
      counts[i] = (int) numbers[i];
      left -= counts[i];
    }
    return counts;
  }

  static int sum(int[] counts) {
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }

  long[] series(int count) throws FormatException {
    return IntegerSeries.read(in, count);
  }

  /** By the mesh's clock; not negative. */
  long[] times(int count) throws FormatException {
    return within(count, 0, Long.MAX_VALUE);
  }

  /** Numbers that count from 1 on. */
  long[] sequences(int count) throws FormatException {
    return within(count, 1, Limits.MAX_SEQUENCE);
  }

  /** Of files that the log has up to the base. */
  long[] loggedSequences(int count) throws FormatException {
    return within(count, 1, range.base());
  }

  private long[] rangeSequences(int count) throws FormatException {
    return within(count, range.first(), range.base());
  }

  long[] within(int count, long least, long most) throws FormatException {
    long[] numbers = series(count);
    for (long number : numbers) {
      require(number >= least && number <= most, "a number in a block is out of bounds");
    }
    return numbers;
  }

  DeviceId device(long number) throws FormatException {
    require(number >= 0 && number < devices.length, "a block has no such device");
    return devices[(int) number];
  }

  Origin stamp(long number) throws FormatException {
    require(number >= 0 && number < stamps.length, "a block has no such stamp");
    return stamps[(int) number];
  }

  private String name() throws FormatException {
    String name = in.readText(in.readCount(ValueLimits.MAX_NAME_BYTES));
    require(Names.isWellFormed(name), "a table has a name that is none");
    return name;
  }

  String[] names(int count) throws FormatException {
    String[] names = keys(count);
    for (String name : names) {
      require(Names.isWellFormed(name), "a table or column has a name that is none");
    }
    return names;
  }

  String[] keys(int count) throws FormatException {
    return count == 0 ? new String[0] : ColumnReader.readKeys(column(), count);
  }

  Value[] values(int count) throws FormatException {
    return count == 0 ? new Value[0] : ColumnReader.readValues(column(), count);
  }

  private ByteReader column() throws FormatException {
    return in.slice(in.readCount(in.remaining()));
  }
}
