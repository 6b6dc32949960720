package dev.sealift.ops.compaction;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.ops.mesh.OperatorRoutes;
import dev.sealift.ops.mesh.OperatorSecret;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.InspectReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks one process of a mesh how compacting a space stands. Blocks, for a bounded time and a bounded number of bytes. */
public final class Questioner {
  /** For the first byte, between two, and for all that come behind it. Longer than the process waits for the compactor. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final Duration PATIENCE_TO_CONNECT = Duration.ofSeconds(5);

  /** Some thousand devices and two hundred compactions, of a hundred bytes each, several times over. */
  private static final int MAX_BYTES = 1 << 20;

  private static final int CHUNK_BYTES = 1 << 14;

  /** Of a word that says what went wrong. */
  private static final int MAX_WORD_BYTES = 64;

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final URI process;
  private final OperatorSecret secret;

  public Questioner(URI process, OperatorSecret secret) {
    this.process = process;
    this.secret = secret;
  }

  /** What it says of a space that is there, of a mesh that compacts. */
  public InspectReply ask(SpaceId space) throws NotToldException {
    InspectReply reply = fetch(space);
    return switch (reply.getResult()) {
      case INSPECT_RESULT_FOUND -> reply;
      case INSPECT_RESULT_UNKNOWN_SPACE ->
        throw new NotToldException(
            "unknown-space",
            "This mesh has no such space. Its id is the spaceId of 'sealift status --json'.");
      case INSPECT_RESULT_OFF ->
        throw new NotToldException(
            "compactions-off",
            "This mesh takes no compactions: nothing is compacted, and nothing reclaimed. Start it without --no-compactions, or with mesh.compactions = true.");
      case INSPECT_RESULT_UNSPECIFIED, UNRECOGNIZED -> throw notUnderstood();
    };
  }

  private InspectReply fetch(SpaceId space) throws NotToldException {
    try {
      HttpURLConnection connection = open(space);
      try {
        int status = connection.getResponseCode();
        if (status != OK) {
          throw refused(status, word(connection));
        }
        return InspectReply.parseFrom(read(connection.getInputStream()));
      } finally {
        connection.disconnect();
      }
    } catch (InvalidProtocolBufferException e) {
      throw notUnderstood();
    } catch (IOException e) {
      throw new NotToldException(
          "mesh-unreachable",
          "No answer from %s (%s). Is it up, and is that its --port or --http-port?"
              .formatted(process, e.getClass().getSimpleName()));
    }
  }

  private HttpURLConnection open(SpaceId space) throws IOException {
    URI question =
        process.resolve(OperatorRoutes.COMPACTION + "?" + OperatorRoutes.SPACE + "=" + space);
    HttpURLConnection connection = (HttpURLConnection) question.toURL().openConnection();
    connection.setConnectTimeout((int) PATIENCE_TO_CONNECT.toMillis());
    connection.setReadTimeout((int) PATIENCE.toMillis());
    connection.setInstanceFollowRedirects(false); // the secret is for this process
    connection.setRequestProperty("Authorization", secret.authorization());
    return connection;
  }

  private static byte[] read(InputStream body) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK_BYTES];
    try (body) {
      for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
        read.write(chunk, 0, count);
        if (read.size() > MAX_BYTES || System.nanoTime() > deadline) {
          throw new IOException("what answers does not come to an end");
        }
      }
    }
    return read.toByteArray();
  }

  private static String word(HttpURLConnection connection) throws IOException {
    InputStream body = connection.getErrorStream();
    return body == null
        ? ""
        : new String(body.readNBytes(MAX_WORD_BYTES), StandardCharsets.UTF_8).strip();
  }

  private NotToldException refused(int status, String word) {
    return switch (word) {
      case "unauthorized" ->
        new NotToldException(
            "operator-secret-wrong",
            "The mesh at %s has another operator's secret. Name its file with --operator-secret, or its data folder with --data."
                .formatted(process));
      case "no-compactor" ->
        new NotToldException(
            "no-compactor",
            "No compactor is there: nothing is offered to devices, and nothing reclaimed. Start a process with --roles compactor.");
      case "busy" ->
        new NotToldException(
            "busy", "Others are looking at spaces just now. Try again in a few seconds.");
      case "unavailable" ->
        new NotToldException(
            "mesh-unavailable",
            "The compactor or the store does not answer. Look at 'sealift top', and try again.");
      default ->
        status == NOT_FOUND
            ? new NotToldException(
                "not-served",
                "%s does not answer operators: it is of an older version, or no mesh, or has nowhere to keep an operator's secret."
                    .formatted(process))
            : notUnderstood();
    };
  }

  private NotToldException notUnderstood() {
    return new NotToldException(
        "not-understood",
        "What answers at %s is no mesh, or one of another version.".formatted(process));
  }
}
