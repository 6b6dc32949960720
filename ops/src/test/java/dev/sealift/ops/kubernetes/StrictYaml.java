package dev.sealift.ops.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * YAML as objects of Kubernetes' model. A field that the model does not know, a field twice, and a kind that is not listed here
 * are errors.
 */
final class StrictYaml {
  private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
      "v1 ConfigMap", ConfigMap.class,
      "v1 Service", Service.class,
      "v1 ServiceAccount", ServiceAccount.class,
      "apps/v1 Deployment", Deployment.class,
      "apps/v1 StatefulSet", StatefulSet.class,
      "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
      "batch/v1 Job", Job.class,
      "networking.k8s.io/v1 Ingress", Ingress.class,
      "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
      "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class);

  private static final ObjectMapper MAPPER = new ObjectMapper(new YAMLFactory())
      .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .setAnnotationIntrospector(new NothingElse());

  /** The model takes whatever it does not know as an additional property; here nothing is additional. */
  private static final class NothingElse extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }

  private StrictYaml() {}

  static List<HasMetadata> objects(String yaml) throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    for (JsonNode document : documents(yaml)) {
      objects.add(object(document));
    }
    return objects;
  }

  static List<JsonNode> documents(String yaml) throws IOException {
    try (var documents = MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      return documents.readAll();
    }
  }

  private static HasMetadata object(JsonNode document) throws JsonProcessingException {
    String kind =
        document.path("apiVersion").asText() + " " + document.path("kind").asText();
    Class<? extends HasMetadata> type = KINDS.get(kind);
    if (type == null) {
      throw new IllegalArgumentException("'" + kind + "' is none of " + KINDS.keySet());
    }
    return MAPPER.treeToValue(document, type);
  }
}
