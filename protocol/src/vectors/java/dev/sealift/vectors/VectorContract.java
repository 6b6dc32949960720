package dev.sealift.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * What holds for every file of vectors. With <code>-Dvectors.write=true</code> the files are written anew first: to be looked at
 * with <code>git diff</code>, since a changed value is a changed format.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class VectorContract {
  private static final Set<String> OF_PROTOCOL = Set.of(
      "connections",
      "file-headers",
      "frames",
      "hybrid-time",
      "ids",
      "links",
      "log",
      "membership",
      "positions",
      "signatures",
      "tree-heads",
      "welcomes");
  private static final Set<String> OF_CLIENT = Set.of(
      "clock",
      "digests",
      "keys",
      "merging",
      "payload-columns",
      "payload-sealing",
      "payload-series",
      "payloads",
      "receipts",
      "session",
      "values");

  private final List<VectorFile> files;

  protected VectorContract(List<VectorFile> files) {
    this.files = files;
  }

  @BeforeAll
  final void write() throws Exception {
    if (Boolean.getBoolean("vectors.write")) {
      for (VectorFile file : files) {
        VectorFolder.write(file.name(), file.generate());
      }
    }
  }

  /** Each module runs its own, and together they run all there are. */
  @Test
  void noFileIsLeftOut() throws IOException {
    Set<String> names = new TreeSet<>(files.stream().map(VectorFile::name).toList());
    assertThat(names).isIn(Set.of(new TreeSet<>(OF_PROTOCOL), new TreeSet<>(OF_CLIENT)));
    Set<String> all = new TreeSet<>(OF_PROTOCOL);
    all.addAll(OF_CLIENT);
    assertThat(VectorFolder.names()).isEqualTo(all);
  }

  @TestFactory
  final Stream<DynamicTest> everyFileHasItsCasesAndNothingElse() {
    return files.stream().map(file -> DynamicTest.dynamicTest(file.name(), () -> checkForm(file)));
  }

  private static void checkForm(VectorFile file) throws Exception {
    String text = VectorFolder.read(file.name());
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    assertThat(VectorFolder.print(json))
        .as("no field twice, one way to write it")
        .isEqualTo(text);
    assertThat(json.keySet()).containsExactly("format", "about", "cases");
    assertThat(json.get("format").getAsInt()).isEqualTo(1);
    assertThat(json.get("about").getAsString()).isEqualTo(file.about());
    List<String> names = new ArrayList<>();
    for (JsonObject vector : cases(file)) {
      names.add(vector.get("name").getAsString());
      checkName(vector);
    }
    assertThat(names).isEqualTo(file.names());
  }

  /** So that a reader of names alone, in a list of failures, knows what was to come of a case. */
  private static void checkName(JsonObject vector) {
    JsonElement refused = vector.getAsJsonObject("expect").get("refused");
    String word = vector.get("name").getAsString().split("\\b")[0];
    String expected = refused == null
        ? ""
        : switch (refused.getAsString()) {
          case "MALFORMED" -> "malformed|refused";
          case "NEWER_VERSION" -> "newer";
          default -> "refused";
        };
    boolean saysSo = word.matches("malformed|refused|newer");
    assertThat(refused == null ? !saysSo : word.matches(expected))
        .as("the name of %s", vector)
        .isTrue();
  }

  @TestFactory
  final Stream<DynamicTest> everyCaseHolds() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (VectorFile file : files) {
      for (JsonObject vector : cases(file)) {
        String name = file.name() + ": " + vector.get("name").getAsString();
        tests.add(DynamicTest.dynamicTest(name, () -> file.run(vector)));
      }
    }
    return tests.stream();
  }

  /** Else a value of a vector would hold nothing. The same edits at each build; other ones with another <code>-Dvectors.seed</code>. */
  @TestFactory
  final Stream<DynamicTest> everyEditIsNoticed() {
    long seed = Long.getLong("vectors.seed", 1);
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(
            file.name() + ", -Dvectors.seed=" + seed, () -> attack(file, seed)));
  }

  private static void attack(VectorFile file, long seed) throws Exception {
    Random random = new Random(seed);
    List<String> unnoticed = new ArrayList<>();
    for (JsonObject vector : cases(file)) {
      JsonObject computed = file.computed(vector);
      for (Edits.Edit edit : Edits.of(vector, random)) {
        if (isUnnoticed(file, edit.vector(), vector, computed)) {
          unnoticed.add(vector.get("name").getAsString() + ": " + edit.what());
        }
      }
    }
    assertThat(unnoticed).as("with -Dvectors.seed=%d", seed).isEmpty();
  }

  /** As {@link VectorFile#run} would see it, but what the same inputs come to is not computed again. */
  private static boolean isUnnoticed(
      VectorFile file, JsonObject edited, JsonObject vector, JsonObject computed) {
    if (VectorFile.inputsOf(edited).equals(VectorFile.inputsOf(vector))) {
      return computed.equals(edited.get("expect"));
    }
    try {
      file.run(edited);
      return true;
    } catch (Exception | AssertionError noticed) {
      return false;
    }
  }

  private static List<JsonObject> cases(VectorFile file) throws Exception {
    List<JsonObject> cases = new ArrayList<>();
    for (JsonElement vector : file.read().getAsJsonArray("cases")) {
      cases.add(vector.getAsJsonObject());
    }
    return cases;
  }
}
