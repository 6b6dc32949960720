package dev.sealift.ops.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * A folder as {@code kubectl apply -k} sees it, as far as our kustomizations go: resources, settings made into a config map,
 * tags of images. What else a kustomization could do is refused, so that nothing is passed over.
 */
record Kustomization(List<HasMetadata> objects, Map<String, String> imageTags) {
  static final Path FOLDER = Path.of("kubernetes");

  private static final Set<String> KNOWN =
      Set.of("apiVersion", "kind", "bases", "resources", "configMapGenerator", "images");

  /** Of all the folders of an overlay; what several of them bring is one object. */
  static Kustomization of(String overlay) throws IOException {
    Map<String, HasMetadata> objects = new LinkedHashMap<>();
    Map<String, String> tags = new LinkedHashMap<>();
    for (String folder : Overlays.folders(overlay)) {
      List<HasMetadata> own = new ArrayList<>();
      collect(FOLDER.resolve(folder), own, tags);
      own.forEach(object -> objects.put(name(object), object));
    }
    return new Kustomization(List.copyOf(objects.values()), tags);
  }

  static String name(HasMetadata object) {
    return object.getKind() + " " + object.getMetadata().getName();
  }

  <T extends HasMetadata> List<T> all(Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static void collect(Path folder, List<HasMetadata> objects, Map<String, String> tags)
      throws IOException {
    JsonNode file = read(folder.resolve("kustomization.yaml"));
    for (JsonNode base : file.path("bases")) {
      collect(folder.resolve(base.asText()).normalize(), objects, tags);
    }
    for (JsonNode resource : file.path("resources")) {
      objects.addAll(StrictYaml.objects(Files.readString(folder.resolve(resource.asText()))));
    }
    for (JsonNode generator : file.path("configMapGenerator")) {
      objects.add(configMap(folder, generator));
    }
    for (JsonNode image : file.path("images")) {
      tags.put(image.get("name").asText(), image.get("newTag").asText());
    }
  }

  private static JsonNode read(Path file) throws IOException {
    JsonNode content = StrictYaml.documents(Files.readString(file)).get(0);
    content.fieldNames().forEachRemaining(field -> {
      if (!KNOWN.contains(field)) {
        throw new IllegalArgumentException(
            file + " has a field these tests do not follow: " + field);
      }
    });
    return content;
  }

  private static ConfigMap configMap(Path folder, JsonNode generator) throws IOException {
    Map<String, String> data = new LinkedHashMap<>();
    if (generator.has("env")) {
      Properties lines = new Properties();
      lines.load(
          new StringReader(Files.readString(folder.resolve(generator.get("env").asText()))));
      lines.stringPropertyNames().forEach(key -> data.put(key, lines.getProperty(key)));
    }
    for (JsonNode file : generator.path("files")) {
      data.put(file.asText(), Files.readString(folder.resolve(file.asText())));
    }
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(generator.get("name").asText())
        .endMetadata()
        .withData(data)
        .build();
  }
}
