package dev.sealift.ops.compaction;

import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectedDevice;
import java.util.Arrays;
import java.util.List;

/** The numbers of live files between which a space is compacted, as a line: the thresholds, whose turn is where, and how many files there are now. */
final class Continuum {
  private static final int COLUMNS = 60;

  /** Places that are drawn by number; further ones by a sign. */
  private static final int NUMBERED = 9;

  private final InspectReply space;
  private final long live;
  private final long end;

  /** @param live files that no standing compaction supersedes */
  Continuum(InspectReply space, long live) {
    this.space = space;
    this.live = live;
    this.end = Math.max(1, Math.max(space.getUpper(), live));
  }

  /** The line from 0 to the upper threshold, or further where there are more files; what it means is in the lines around it. */
  List<String> lines() {
    return List.of(ends(), axis(), count());
  }

  private String ends() {
    char[] line = blank();
    write(line, column(space.getLower()), space.getLower() + " lower");
    write(line, column(space.getUpper()), space.getUpper() + " upper");
    return new String(line).stripTrailing();
  }

  private String axis() {
    char[] line = blank();
    Arrays.fill(line, 0, COLUMNS + 1, '.');
    int lower = column(space.getLower());
    int upper = column(space.getUpper());
    Arrays.fill(line, Math.min(lower, upper), upper + 1, '-');
    line[lower] = '|';
    line[upper] = '|';
    List<InspectedDevice> turns = inLine(space);
    for (int turn = turns.size(); turn > 0; turn--) { // so that of two at one place the first shows
      char mark = turn <= NUMBERED ? (char) ('0' + turn) : '+';
      line[column(turns.get(turn - 1).getPlace())] = mark;
    }
    return new String(line).stripTrailing();
  }

  private String count() {
    char[] line = blank();
    write(line, column(live), "^ " + live + " live");
    return new String(line).stripTrailing();
  }

  static List<InspectedDevice> inLine(InspectReply space) {
    return space.getDevicesList().stream().filter(one -> one.getPlace() > 0).toList();
  }

  private int column(long files) {
    return (int) ((double) Math.max(0, Math.min(files, end)) / end * COLUMNS); // numbers may be any
  }

  /** Room for a text behind the last column. */
  private static char[] blank() {
    char[] line = new char[COLUMNS + 32];
    Arrays.fill(line, ' ');
    return line;
  }

  /** Behind what stands there already, if it would be in its way. */
  private static void write(char[] line, int column, String text) {
    int free = new String(line).stripTrailing().length();
    int from = Math.min(free == 0 ? column : Math.max(column, free + 2), line.length);
    text.getChars(0, Math.min(text.length(), line.length - from), line, from);
  }
}
