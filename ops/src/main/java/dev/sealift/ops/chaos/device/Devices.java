package dev.sealift.ops.chaos.device;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Part;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.verdict.Evidence.Member;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** All devices of a run, in processes of their own. For one thread. */
public final class Devices implements AutoCloseable {
  /** In each space: enough for changes to meet. */
  private static final int DEVICES_A_SPACE = 3;

  /** Beyond what an order may take by itself. */
  private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(400);

  private final Testbed bed;
  private final Path folder;
  private final List<Driver> drivers = new ArrayList<>();
  private final Map<String, String> links = new LinkedHashMap<>();
  private final List<Member> roster = new ArrayList<>();

  public Devices(Testbed bed, Path folder) {
    this.bed = bed;
    this.folder = folder;
  }

  /** Starts the devices, founds their spaces, lets the others join, and lets all write. */
  public void start(int devices) throws ChaosFailedException, InterruptedException {
    for (Node node : bed.topology().of(Part.DEVICES)) {
      drivers.add(Driver.start(bed, node, folder));
    }
    int spaces = Math.max(1, devices / DEVICES_A_SPACE);
    for (int device = 0; device < devices; device++) {
      enter(device, spaces);
    }
    for (String space : links.keySet()) {
      String probe = "probe-" + space;
      roster.add(new Member(probe, space, false));
      ask(drivers.get(0), join(probe, space, true));
    }
    askAll(order(Orders.START));
  }

  private void enter(int device, int spaces) throws ChaosFailedException, InterruptedException {
    String name = "device-" + device;
    String space = "space-" + device % spaces;
    Driver driver = drivers.get(device / spaces % drivers.size());
    roster.add(new Member(name, space, true));
    if (links.containsKey(space)) {
      ask(driver, join(name, space, false));
    } else {
      JsonObject found = order(Orders.FOUND).put("device", name).put("space", space);
      links.put(space, ask(driver, found).getString("link"));
    }
  }

  private JsonObject join(String device, String space, boolean probe) {
    return order(Orders.JOIN)
        .put("device", device)
        .put("space", space)
        .put("link", links.get(space))
        .put("probe", probe);
  }

  private static JsonObject order(String what) {
    return new JsonObject().put("do", what);
  }

  private static JsonObject ask(Driver driver, JsonObject order)
      throws ChaosFailedException, InterruptedException {
    driver.tell(order);
    return driver.answer(ANSWER_DEADLINE);
  }

  private List<JsonObject> askAll(JsonObject order)
      throws ChaosFailedException, InterruptedException {
    drivers.forEach(driver -> driver.tell(order));
    List<JsonObject> answers = new ArrayList<>();
    for (Driver driver : drivers) {
      answers.add(driver.answer(ANSWER_DEADLINE));
    }
    return answers;
  }

  /**
   * What devices have seen of the mesh so far.
   *
   * @param acknowledged writes
   * @param gapMillis the longest that one of them waited for an acknowledgement since the last {@link #mark}
   * @param problems what no device should meet, such as a violation
   */
  public record Seen(long acknowledged, long gapMillis, List<String> problems) {}

  public Seen seen() throws ChaosFailedException, InterruptedException {
    List<JsonObject> answers = askAll(order(Orders.COUNT));
    TreeSet<String> problems = new TreeSet<>();
    answers.forEach(answer -> problems.addAll(texts(answer.getJsonArray("problems"))));
    return new Seen(
        answers.stream().mapToLong(answer -> answer.getLong("acknowledged")).sum(),
        most(answers, "gapMillis"),
        List.copyOf(problems));
  }

  /** A new longest wait is looked for from now on. */
  public void mark() throws ChaosFailedException, InterruptedException {
    askAll(order(Orders.MARK));
  }

  /**
   * How long it took until everything worked again; what did not within the deadline is late.
   *
   * @param meshMillis until a device that connects anew has a write acknowledged, in each space
   * @param writeMillis until each device had a write acknowledged
   * @param readMillis until each device had read what another wrote
   */
  public record Recovered(long meshMillis, long writeMillis, long readMillis, List<String> late) {}

  public Recovered recover(int round, Duration deadline)
      throws ChaosFailedException, InterruptedException {
    List<JsonObject> answers = askAll(
        order(Orders.RECOVER).put("round", round).put("deadlineMillis", deadline.toMillis()));
    return new Recovered(
        most(answers, "meshMillis"),
        most(answers, "writeMillis"),
        most(answers, "readMillis"),
        late(answers));
  }

  private static long most(List<JsonObject> answers, String key) {
    return answers.stream().mapToLong(answer -> answer.getLong(key)).max().orElse(0);
  }

  private static List<String> late(List<JsonObject> answers) {
    return answers.stream()
        .flatMap(answer -> texts(answer.getJsonArray("late")).stream())
        .toList();
  }

  private static List<String> texts(JsonArray array) {
    return array.stream().map(String::valueOf).toList();
  }

  /**
   * Ends the writing, waits until everything is durable and every device up to date, and has everything written down.
   *
   * @return who was not done in time; empty when all is well
   */
  public List<String> finish(Duration deadline) throws ChaosFailedException, InterruptedException {
    long millis = deadline.toMillis();
    List<String> late = new ArrayList<>();
    late.addAll(late(askAll(order(Orders.FINISH).put("deadlineMillis", millis))));
    for (Map.Entry<String, String> space : links.entrySet()) {
      String reader = "reader-" + space.getKey();
      roster.add(new Member(reader, space.getKey(), false));
      ask(
          drivers.get(0),
          order(Orders.WALK)
              .put("device", reader)
              .put("space", space.getKey())
              .put("link", space.getValue()));
    }
    late.addAll(late(askAll(order(Orders.CATCH_UP).put("deadlineMillis", millis))));
    askAll(order(Orders.LOOK));
    return late;
  }

  /** The files in which the devices noted down what they were promised. */
  public List<Path> notes() {
    return bed.topology().of(Part.DEVICES).stream()
        .map(node -> folder.resolve("notes-" + node.name() + ".jsonl"))
        .toList();
  }

  /** All devices that there were, and what each was for. */
  public List<Member> roster() {
    return List.copyOf(roster);
  }

  /** Ends their processes, after which their notes are complete; answers of which one they are not. */
  public List<String> end() throws InterruptedException {
    List<String> problems = new ArrayList<>();
    for (Driver driver : drivers) {
      driver.end().ifPresent(problems::add);
    }
    return problems;
  }

  @Override
  public void close() throws InterruptedException {
    for (Driver driver : drivers) {
      driver.close();
    }
  }
}
