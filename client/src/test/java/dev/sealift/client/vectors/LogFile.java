package dev.sealift.client.vectors;

import com.google.gson.JsonPrimitive;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.RankRule;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of events in the log: its sequence is its place in a list of all, from 1.
 *
 * @param buildsOn what its header says, by sequences
 */
public record LogFile(
    DeviceId device, long serverTimeMillis, List<Long> buildsOn, List<Event> events) {
  /** One that builds on nothing in other chains. */
  public LogFile(DeviceId device, long serverTimeMillis, List<Event> events) {
    this(device, serverTimeMillis, List.of(), events);
  }

  Json json() {
    Json json = Json.of("device", device.toString()).u64("server_time_millis", serverTimeMillis);
    if (!buildsOn.isEmpty()) {
      json.list("builds_on", buildsOn, file -> new JsonPrimitive(Long.toString(file)));
    }
    return json.list("events", events, event -> event.json().get());
  }

  static LogFile of(Inputs in) throws FormatException {
    DeviceId device = DeviceId.of(in.hex("device"));
    List<Event> events = new ArrayList<>();
    for (Inputs event : in.objects("events")) {
      events.add(Event.of(event, device));
    }
    List<Long> buildsOn = in.has("builds_on") ? in.list("builds_on", Inputs::u64) : List.of();
    return new LogFile(device, in.u64("server_time_millis"), buildsOn, events);
  }

  /** The rules of the space that the files are in. */
  static SpaceRules rules(Inputs in) {
    SpaceRules usual = Story.RULES;
    boolean byArrival = in.has("late_after_millis");
    return new SpaceRules(
        byArrival ? RankRule.RANK_RULE_ARRIVAL : usual.rankRule(),
        in.u64("cut_off_millis"),
        in.u64("review_window_millis"),
        usual.clockBoundMillis(),
        byArrival ? in.u64("late_after_millis") : usual.lateAfterMillis());
  }

  static List<LogFile> all(Inputs in) throws FormatException {
    List<LogFile> files = new ArrayList<>();
    for (Inputs file : in.objects("files")) {
      files.add(of(file));
    }
    boolean known = files.stream()
        .flatMap(file -> file.events().stream())
        .flatMap(event -> event.seenFiles().stream())
        .allMatch(seen -> seen > 0 && seen <= files.size());
    for (int at = 0; at < files.size(); at++) {
      int before = at;
      known &= files.get(at).buildsOn().stream().allMatch(on -> on > 0 && on <= before);
    }
    if (!known) {
      throw new BadVectorException("a file that was seen and is none");
    }
    return files;
  }
}
