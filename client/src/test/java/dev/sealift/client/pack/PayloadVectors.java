package dev.sealift.client.pack;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.sealift.client.vectors.CellJson;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.List;

public final class PayloadVectors extends VectorFile {
  public PayloadVectors() {
    super("payloads", "Section 10: what payloads of events hold once they are opened, whole.");
  }

  @Override
  protected void cases(Cases to) throws Exception {
    SamplePayloads.add(to);
    for (int length : new int[] {
      2, 3, 8, 9, 15, 17, 100, 128, 129, 1_000, 1_024, 1_025, 65_535, 65_537, 1_000_000, 1_015_809,
      1_032_192
    }) {
      to.add("the Padmé size of " + length, Json.of("kind", "padme").u32("length", length));
    }
  }

  /** Unknown fields are passed over, and deflate has many ways to say the same. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return !in.text("kind").equals("padme");
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "content" -> runs(in.hex("content"));
      case "plaintext" -> plaintext(in.hex("plaintext"));
      case "padme" -> padme(in.u32("length"));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json padme(int length) {
    int padded = Padme.size(length);
    return Json.object().u32("padded", padded).u32("zeros", padded - length);
  }

  private static Json plaintext(byte[] plaintext) throws FormatException {
    byte[] content = Deflated.unwrap(plaintext);
    return runs(content).hex("content", content);
  }

  private static Json runs(byte[] content) throws FormatException {
    try {
      return Json.object().list("runs", RunsReader.read(content), PayloadVectors::run);
    } catch (UnknownPayloadVersionException e) {
      throw new NewerFormatException("a newer payload");
    }
  }

  private static JsonElement run(EventRun run) {
    Json json = Json.of("kind", "RUN_KIND_" + run.kind())
        .text("table", run.table())
        .u64("seen_sequence", run.seenSequence())
        .list("seen_files", run.seenFiles(), PayloadVectors::dot)
        .texts("columns", run.columns());
    if (!run.groups().isEmpty()) {
      json.list("groups", run.groups(), JsonPrimitive::new);
    }
    if (run.isOfTransaction()) {
      json.u64("transaction", run.transaction());
    }
    return json.list("events", run.rows(), PayloadVectors::event).get();
  }

  private static JsonElement dot(DotRef dot) {
    return Json.of("device", dot.device().toString())
        .u64("counter", dot.counter())
        .text("file", dot.file().toString())
        .get();
  }

  private static JsonElement event(RowEvent event) {
    List<JsonElement> values = event.values().stream().map(CellJson::toJson).toList();
    return Json.of("key", event.key())
        .u64("hybrid_time", event.time().bits())
        .list("values", values, value -> value)
        .get();
  }
}
