package dev.sealift.client.record;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists in their order, and sets in the order of their elements' JSON texts: a JSON array. */
final class CollectionCodec extends JsonCodec {
  private final Codec element;
  private final boolean isSet;

  CollectionCodec(Codec element, boolean isSet) {
    this.element = element;
    this.isSet = isSet;
  }

  @Override
  JsonElement parts(Object object, int depth) {
    List<JsonElement> elements = new ArrayList<>();
    for (Object one : (Collection<?>) object) {
      elements.add(one == null ? JsonNull.INSTANCE : element.json(one, depth));
    }
    if (isSet) {
      elements.sort(Comparator.comparing(JsonElement::toString));
    }
    JsonArray array = new JsonArray(elements.size());
    elements.forEach(array::add);
    return array;
  }

  @Override
  public Object object(JsonElement json) throws MisfitException {
    if (!(json instanceof JsonArray array)) {
      throw new MisfitException("is no JSON array");
    }
    Collection<@Nullable Object> elements = isSet ? new LinkedHashSet<>() : new ArrayList<>();
    for (JsonElement one : array) {
      elements.add(one.isJsonNull() ? null : element.object(one));
    }
    return isSet
        ? Collections.unmodifiableSet((LinkedHashSet<?>) elements)
        : Collections.unmodifiableList((List<?>) elements);
  }
}
