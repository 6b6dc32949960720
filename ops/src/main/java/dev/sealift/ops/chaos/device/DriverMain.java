package dev.sealift.ops.chaos.device;

import ch.qos.logback.classic.Level;
import dev.sealift.ops.logging.Logging;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A {@link Fleet} in a process of its own: does what it is told, a JSON object a line, and answers each with one. Arguments: folder, name, mesh. */
final class DriverMain {
  private DriverMain() {}

  public static void main(String[] arguments) throws Exception {
    Logging.start(Level.WARN, false);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Fleet fleet = new Fleet(Path.of(arguments[0]), arguments[1], URI.create(arguments[2]))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(answer(fleet, new JsonObject(line)).encode());
      }
    }
  }

  private static JsonObject answer(Fleet fleet, JsonObject order) {
    try {
      return obey(fleet, order);
    } catch (Exception e) {
      e.printStackTrace();
      return new JsonObject().put("failed", order.getString("do") + ": " + e);
    }
  }

  private static JsonObject obey(Fleet fleet, JsonObject order) throws Exception {
    String device = order.getString("device", "");
    String space = order.getString("space", "");
    long deadlineMillis = order.getLong("deadlineMillis", 0L);
    JsonObject done = new JsonObject();
    switch (order.getString("do")) {
      case Orders.FOUND -> done = fleet.found(device, space);
      case Orders.JOIN ->
        fleet.join(device, space, order.getString("link"), order.getBoolean("probe"));
      case Orders.START -> fleet.start();
      case Orders.MARK -> fleet.mark();
      case Orders.COUNT -> done = fleet.count();
      case Orders.RECOVER -> done = fleet.recover(order.getLong("round"), deadlineMillis);
      case Orders.FINISH -> done = fleet.finish(deadlineMillis);
      case Orders.CATCH_UP -> done = fleet.catchUp(deadlineMillis);
      case Orders.WALK -> fleet.walk(device, space, order.getString("link"));
      case Orders.LOOK -> fleet.look();
      default -> throw new IllegalArgumentException("nobody here can " + order);
    }
    return done;
  }
}
