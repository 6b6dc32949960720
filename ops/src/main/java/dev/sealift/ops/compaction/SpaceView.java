package dev.sealift.ops.compaction;

import dev.sealift.ops.terminal.TextTable;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CompactingPhase;
import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectedCompaction;
import dev.sealift.protocol.mesh.proto.InspectedDevice;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.ReclaimState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How compacting a space stands: lines for people, an object for programs. Ids in their short forms. */
public final class SpaceView {
  private static final long SECOND_MILLIS = 1_000;
  private static final String NOTHING = "-";

  private final SpaceId space;
  private final InspectReply told;

  public SpaceView(SpaceId space, InspectReply told) {
    this.space = space;
    this.told = told;
  }

  /** Files that no standing compaction supersedes: at least so many. */
  private long live() {
    return told.getLiveList().stream().mapToLong(LiveFiles::getFiles).sum();
  }

  private long liveEvents() {
    return told.getLiveList().stream()
        .filter(live -> live.getGeneration() == 0)
        .mapToLong(LiveFiles::getFiles)
        .sum();
  }

  // For people

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("space " + shortSpace() + ", " + told.getSize() + " files in its log, " + phase());
    lines.add("");
    lines.addAll(generations().lines());
    if (told.getExpiring() > 0) {
      lines.add(expiring());
    }
    lines.add("");
    lines.addAll(new Continuum(told, live()).lines());
    if (told.getDevicesCount() > 0) {
      lines.add("");
      lines.addAll(devices().lines());
    }
    if (told.getMoreDevices()) {
      lines.add("and more devices");
    }
    lines.add("");
    if (told.getCompactionsCount() == 0) {
      lines.add("no compaction stands, and none is open");
    } else {
      lines.addAll(compactions().lines());
    }
    return lines;
  }

  private String shortSpace() {
    return Texts.id(space.byteString());
  }

  private String phase() {
    String left = told.getPhaseLeftMillis() > 0
        ? " for " + Texts.span(told.getPhaseLeftMillis()) + " at most"
        : "";
    return switch (told.getPhase()) {
      case COMPACTING_PHASE_QUIET -> "quiet until it has grown";
      case COMPACTING_PHASE_ASKING -> "looked at just now";
      case COMPACTING_PHASE_OFFERED -> "offered to " + Texts.id(told.getOffered()) + left;
      case COMPACTING_PHASE_RESTING -> "resting" + left;
      case COMPACTING_PHASE_UNSPECIFIED, UNRECOGNIZED -> "nothing to do";
    };
  }

  private TextTable generations() {
    TextTable table = new TextTable(List.of("generation", "live files", "bytes"));
    for (LiveFiles live : told.getLiveList()) {
      boolean isMore = told.getMoreLive() && live.getGeneration() == 0;
      table.add(List.of(
          live.getGeneration() == 0 ? "0 (events)" : String.valueOf(live.getGeneration()),
          (isMore ? "≥ " : "") + live.getFiles(),
          (isMore ? "≥ " : "") + Texts.bytes(live.getBytes())));
    }
    return table;
  }

  private String expiring() {
    String files = (told.getMoreExpiring() ? "≥ " : "") + told.getExpiring();
    return files + " files are to expire, the next "
        + (told.getExpiresLeftMillis() > 0
            ? Texts.span(told.getExpiresLeftMillis()) + " after the log's last"
            : "now");
  }

  private TextTable devices() {
    TextTable table =
        new TextTable(List.of("turn", "device", "from files on", "position", "seen", "is"));
    int turn = 0;
    for (InspectedDevice device : told.getDevicesList()) {
      boolean isInLine = device.getPlace() > 0;
      turn += isInLine ? 1 : 0;
      table.add(List.of(
          isInLine ? String.valueOf(turn) : NOTHING,
          Texts.id(device.getDevice()),
          isInLine ? String.valueOf(device.getPlace()) : NOTHING,
          device.getPosition() > 0 ? String.valueOf(device.getPosition()) : "none",
          Texts.span(device.getSeenMillisAgo()) + " ago",
          is(device)));
    }
    return table;
  }

  private String is(InspectedDevice device) {
    String there = device.getPlace() == 0 ? "not in line" : "connected";
    String spared = device.getSpared() ? ", spared" : "";
    return there + spared + (holdsBack(device) ? ", holds reclaiming back" : "");
  }

  private boolean holdsBack(InspectedDevice device) {
    return told.getCompactionsList().stream().anyMatch(one -> isBehind(device, one));
  }

  private static boolean isBehind(InspectedDevice device, InspectedCompaction one) {
    return one.getState() == ReclaimState.RECLAIM_STATE_DEVICES_BEHIND
        && device.getCounts()
        && device.getPosition() < one.getSequence();
  }

  private TextTable compactions() {
    TextTable table =
        new TextTable(List.of("covers", "generation", "parts", "bytes", "since", "reclaiming"));
    for (InspectedCompaction one : told.getCompactionsList()) {
      table.add(List.of(
          one.getFirst() + " … " + one.getBase(),
          String.valueOf(one.getGeneration()),
          String.valueOf(one.getParts()),
          Texts.bytes(one.getBytes()),
          one.getStands() ? "stands " + time(one) : "open " + time(one),
          reclaiming(one)));
    }
    return table;
  }

  private static String time(InspectedCompaction one) {
    return one.getMillis() == 0
        ? NOTHING
        : Instant.ofEpochMilli(one.getMillis()).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private String reclaiming(InspectedCompaction one) {
    return switch (one.getState()) {
      case RECLAIM_STATE_DONE -> "done";
      case RECLAIM_STATE_DUE ->
        one.getLookedAt() > 0 ? "goes on, up to " + one.getLookedAt() : "due";
      case RECLAIM_STATE_GRACE -> "waits: grace, " + Texts.span(one.getGraceLeftMillis()) + " left";
      case RECLAIM_STATE_DEVICES_BEHIND -> "waits for devices: " + behind(one);
      case RECLAIM_STATE_RECOVERING -> "waits: the store was restored, the space not begun anew";
      case RECLAIM_STATE_NOT_ATTESTED -> "waits: nobody has attested it";
      case RECLAIM_STATE_CONTESTED -> "waits: contested";
      case RECLAIM_STATE_UNSOUND -> "never: the log is another one";
      case RECLAIM_STATE_UNSPECIFIED, UNRECOGNIZED -> NOTHING;
    };
  }

  /** Which kinds of devices, so that it shows what would help. */
  private String behind(InspectedCompaction one) {
    Behind behind = Behind.of(told.getDevicesList(), device -> isBehind(device, one));
    return behind.connected() + " connected, " + behind.away() + " away, " + behind.silent()
        + " silent";
  }

  // For programs

  public JsonObject json() {
    JsonArray live = new JsonArray();
    told.getLiveList()
        .forEach(one -> live.add(new JsonObject()
            .put("generation", one.getGeneration())
            .put("files", one.getFiles())
            .put("bytes", one.getBytes())));
    JsonArray devices = new JsonArray();
    told.getDevicesList().forEach(one -> devices.add(json(one)));
    JsonArray compactions = new JsonArray();
    told.getCompactionsList().forEach(one -> compactions.add(json(one)));
    return new JsonObject()
        .put("space", shortSpace())
        .put("files", told.getSize())
        .put("phase", isHeld() ? name(told.getPhase()) : null)
        .put("phaseLeftSeconds", seconds(told.getPhaseLeftMillis()))
        .put("offered", told.getOffered().isEmpty() ? null : Texts.id(told.getOffered()))
        .put("live", live)
        .put("liveFiles", live())
        .put("liveEvents", liveEvents())
        .put("moreLive", told.getMoreLive())
        .put("expiring", told.getExpiring())
        .put("moreExpiring", told.getMoreExpiring())
        .put("expiresLeftSeconds", seconds(told.getExpiresLeftMillis()))
        .put("lower", told.getLower())
        .put("upper", told.getUpper())
        .put("devices", devices)
        .put("moreDevices", told.getMoreDevices())
        .put("compactions", compactions);
  }

  private JsonObject json(InspectedDevice device) {
    return new JsonObject()
        .put("device", Texts.id(device.getDevice()))
        .put("connected", device.getPlace() > 0)
        .put("place", device.getPlace() > 0 ? device.getPlace() : null)
        .put("spared", device.getSpared())
        .put("position", device.getPosition() > 0 ? device.getPosition() : null)
        .put("seenSecondsAgo", device.getSeenMillisAgo() / SECOND_MILLIS)
        .put("holdsBack", holdsBack(device));
  }

  private JsonObject json(InspectedCompaction one) {
    JsonObject object = new JsonObject()
        .put("first", one.getFirst())
        .put("base", one.getBase())
        .put("generation", one.getGeneration())
        .put("parts", one.getParts())
        .put("bytes", one.getBytes())
        .put("stands", one.getStands())
        .put(
            "since",
            one.getMillis() == 0 ? null : Instant.ofEpochMilli(one.getMillis()).toString())
        .put("sealed", one.getSealed())
        .put("reclaiming", name(one.getState()));
    if (one.getState() == ReclaimState.RECLAIM_STATE_GRACE) {
      object.put("graceLeftSeconds", one.getGraceLeftMillis() / SECOND_MILLIS);
    }
    if (one.getState() == ReclaimState.RECLAIM_STATE_DEVICES_BEHIND) {
      Behind behind = Behind.of(told.getDevicesList(), device -> isBehind(device, one));
      object
          .put("behind", one.getDevicesBehind())
          .put("behindConnected", behind.connected())
          .put("behindAway", behind.away())
          .put("behindSilent", behind.silent());
    }
    return object;
  }

  /** The last part of a name such as RECLAIM_STATE_NOT_ATTESTED, as not-attested. */
  private static String name(Enum<?> value) {
    return value
        .name()
        .replaceFirst("^(RECLAIM_STATE|COMPACTING_PHASE)_", "")
        .toLowerCase(Locale.ROOT)
        .replace('_', '-');
  }

  /** Whether the compactor has it in mind at all. */
  private boolean isHeld() {
    return told.getPhase() != CompactingPhase.COMPACTING_PHASE_UNSPECIFIED;
  }

  private static @Nullable Long seconds(long millis) {
    return millis > 0 ? millis / SECOND_MILLIS : null;
  }
}
