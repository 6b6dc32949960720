package dev.sealift.ops.cli;

import dev.sealift.client.MemberRole;
import dev.sealift.client.Members;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Says who is in a space, without asking anybody. */
@Command(
    name = "members",
    description = {
      "Show who is in the space, as far as this device knows: members with their devices, and open invitations.",
      "'sealift sync' brings what is new. The beginning of an id is enough for 'sealift remove' and 'sealift role'."
    })
final class MembersCommand extends ClientCommand {
  private static final int SHORT = 12;

  MembersCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Members members = require(space);
    console.json(json(members).put("space", space.name()));
    if (!console.isJson()) {
      print(console, members);
    }
  }

  static Members require(Space space) throws Refusal {
    return space
        .members()
        .orElseThrow(() -> new Refusal(
            "not-connected",
            "This device knows nothing of the space's members yet: run 'sealift sync' first."));
  }

  /**
   * The full ids that begin so, each of exactly one device, member or invitation.
   *
   * @throws Refusal when there is none, or several
   */
  static List<String> resolve(List<String> given, Stream<String> known) throws Refusal {
    TreeSet<String> all = known.collect(Collectors.toCollection(TreeSet::new));
    List<String> resolved = new ArrayList<>();
    for (String begin : given) {
      String lower = begin.toLowerCase(Locale.ROOT);
      List<String> found = all.stream().filter(id -> id.startsWith(lower)).toList();
      if (found.size() != 1 || lower.isEmpty()) {
        throw new Refusal(
            "invalid-input",
            found.isEmpty() || lower.isEmpty()
                ? "Nothing in the space has an id that begins with '" + begin
                    + "': see 'sealift members'."
                : "Several things in the space have ids that begin with '" + begin
                    + "': give more of it.");
      }
      resolved.add(found.get(0));
    }
    return resolved;
  }

  static Stream<String> devices(Members members) {
    return Stream.concat(
            members.devices().stream(), members.gone().stream().map(Members.Gone::device))
        .map(Members.Device::id);
  }

  static Stream<String> everything(Members members) {
    return Stream.concat(
        devices(members),
        Stream.concat(
            members.devices().stream().map(Members.Device::member),
            members.invitations().stream().map(Members.OpenInvitation::id)));
  }

  static String name(MemberRole role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static void print(Console console, Members members) {
    Map<String, List<Members.Device>> byMember = members.devices().stream()
        .collect(
            Collectors.groupingBy(Members.Device::member, LinkedHashMap::new, Collectors.toList()));
    byMember.forEach((member, devices) -> {
      console.say("member " + member.substring(0, SHORT));
      devices.forEach(device -> console.say("  device      " + device.id().substring(0, SHORT)
          + "  " + name(device.role()) + (device.isThis() ? "  (this one)" : "")));
    });
    members
        .invitations()
        .forEach(invitation -> console.say("invitation " + invitation.id().substring(0, SHORT)
            + "  " + name(invitation.role()) + ", " + invitation.usesLeft()
            + (invitation.usesLeft() == 1 ? " use" : " uses") + ", until "
            + invitation.expires()));
    members
        .gone()
        .forEach(gone -> console.say(
            "gone device  " + gone.device().id().substring(0, SHORT) + "  since " + gone.since()));
    console.say("key          number " + members.epoch()
        + (members.owesRotation()
            ? ": the next is owed, since somebody who left has it; any writer that is connected makes it"
            : ""));
  }

  /** Who is in the space, as an object. */
  static JsonObject json(Members members) {
    return new JsonObject()
        .put("devices", array(members.devices().stream().map(MembersCommand::json)))
        .put(
            "invitations",
            array(members.invitations().stream()
                .map(invitation -> new JsonObject()
                    .put("id", invitation.id())
                    .put("opener", invitation.opener())
                    .put("role", name(invitation.role()))
                    .put("usesLeft", invitation.usesLeft())
                    .put("expires", invitation.expires().toString()))))
        .put(
            "gone",
            array(members.gone().stream()
                .map(gone -> json(gone.device()).put("since", gone.since().toString()))))
        .put("epoch", members.epoch())
        .put("owesRotation", members.owesRotation());
  }

  private static JsonArray array(Stream<JsonObject> objects) {
    return new JsonArray(objects.toList());
  }

  private static JsonObject json(Members.Device device) {
    return new JsonObject()
        .put("id", device.id())
        .put("member", device.member())
        .put("role", name(device.role()))
        .put("this", device.isThis());
  }
}
