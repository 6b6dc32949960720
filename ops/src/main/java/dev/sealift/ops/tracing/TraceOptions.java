package dev.sealift.ops.tracing;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/**
 * Where spans go, and of how many requests.
 *
 * @param endpoint the whole address that takes OTLP over HTTP
 * @param ratio the share of devices' requests that are traced, 0 to 1
 */
public record TraceOptions(URI endpoint, double ratio) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /** Where collectors take spans, if the operator names no other path. */
  private static final String USUAL_PATH = "/v1/traces";

  public TraceOptions {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("a share is from 0 to 1");
    }
  }

  /** Empty when the text is no address of a collector. */
  public static Optional<TraceOptions> of(String endpoint, double ratio) {
    try {
      URI uri = new URI(endpoint);
      if (uri.getHost() == null || !SCHEMES.contains(String.valueOf(uri.getScheme()))) {
        return Optional.empty();
      }
      String path = String.valueOf(uri.getPath());
      boolean bare = path.isEmpty() || path.equals("/");
      return Optional.of(new TraceOptions(bare ? uri.resolve(USUAL_PATH) : uri, ratio));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
