package dev.sealift.vectors;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The cases of one file, in the making. */
public final class Cases {
  private final List<JsonObject> list = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  public void add(String name, Json inputs) {
    add(name, "", inputs);
  }

  public void add(String name, String about, Json inputs) {
    if (!names.add(name)) {
      throw new BadVectorException("two cases are called " + name);
    }
    JsonObject vector = new JsonObject();
    vector.addProperty("name", name);
    if (!about.isEmpty()) {
      vector.addProperty("about", about);
    }
    inputs.get().entrySet().forEach(field -> vector.add(field.getKey(), field.getValue()));
    list.add(vector);
  }

  List<JsonObject> list() {
    return list;
  }
}
