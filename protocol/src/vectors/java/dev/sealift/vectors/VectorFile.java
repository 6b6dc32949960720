package dev.sealift.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One file of vectors: its cases, made from fixed inputs, and how production code comes from a case's inputs to what it
 * expects. The forms are those of protocol/vectors/README.md.
 */
public abstract class VectorFile {
  private static final Set<String> FREE = Set.of("name", "about", "expect");

  private final String name;
  private final String about;

  protected VectorFile(String name, String about) {
    this.name = name;
    this.about = about;
  }

  public final String name() {
    return name;
  }

  final String about() {
    return about;
  }

  /** The inputs of every case, to be written down. */
  protected abstract void cases(Cases to) throws Exception;

  /** What a case's inputs come to. A {@link FormatException} is a refusal. */
  protected abstract Json expect(Inputs in) throws Exception;

  /** Where the result does not depend on every input: see {@link Guard}. Refusals always have one. */
  protected boolean isGuarded(Inputs in) {
    return false;
  }

  /** The inputs alone, in the order of the file. */
  static JsonObject inputsOf(JsonObject vector) {
    JsonObject inputs = vector.deepCopy();
    FREE.forEach(inputs::remove);
    return inputs;
  }

  final JsonObject computed(JsonObject vector) throws Exception {
    JsonObject inputs = inputsOf(vector);
    JsonObject expect = outcome(inputs);
    if (expect.has("refused") || isGuarded(new Inputs(inputs))) {
      expect.addProperty(Guard.FIELD, Guard.of(inputs));
    }
    return expect;
  }

  private JsonObject outcome(JsonObject inputs) throws Exception {
    Inputs in = new Inputs(inputs);
    try {
      JsonObject expect = expect(in).get();
      in.requireAllRead();
      return expect;
    } catch (NewerFormatException e) {
      return Json.of("refused", "NEWER_VERSION").get();
    } catch (FormatException e) {
      return Json.of("refused", "MALFORMED").get();
    }
  }

  /** Runs one vector; anything but an exact match is an error. */
  public final void run(JsonObject vector) throws Exception {
    if (!vector.has("expect")) {
      throw new BadVectorException("a vector expects nothing");
    }
    JsonElement guard = vector.getAsJsonObject("expect").get(Guard.FIELD);
    if (guard != null && !guard.equals(Json.text(Guard.of(inputsOf(vector))))) {
      throw new AssertionError("the inputs are not those of " + guard);
    }
    JsonObject computed = computed(vector);
    if (!computed.equals(vector.get("expect"))) {
      throw new AssertionError("expected " + vector.get("expect") + "\nbut computed " + computed);
    }
  }

  /** The file's text, with everything computed anew. */
  final String generate() throws Exception {
    Cases cases = new Cases();
    cases(cases);
    for (JsonObject vector : cases.list()) {
      try {
        vector.add("expect", computed(vector));
      } catch (Exception | AssertionError e) {
        throw new AssertionError(name + ": " + vector.get("name"), e);
      }
    }
    JsonObject file = new JsonObject();
    file.addProperty("format", 1);
    file.addProperty("about", about);
    file.add("cases", Json.array(cases.list(), vector -> vector));
    return VectorFolder.print(file);
  }

  /** The names of the cases that must be there, in order. */
  final List<String> names() throws Exception {
    Cases cases = new Cases();
    cases(cases);
    List<String> names = new ArrayList<>();
    cases.list().forEach(vector -> names.add(vector.get("name").getAsString()));
    return names;
  }

  final JsonObject read() throws Exception {
    return JsonParser.parseString(VectorFolder.read(name)).getAsJsonObject();
  }
}
