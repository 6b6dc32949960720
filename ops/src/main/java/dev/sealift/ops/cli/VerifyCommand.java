package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.store.Difference;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.EvidenceVerdict.Conclusion;
import dev.sealift.client.sync.EvidenceVerdict.Signed;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Checks evidence without asking anybody. */
@Command(
    name = "verify",
    description = {
      "Check evidence that 'sealift evidence' has written: who signed what, and whether it shows what it claims to. Nobody is asked, and nobody's word is taken.",
      "CONFIRMED: signatures of those whom it accuses show it. REPORTED: no honest mesh sends that, and that it was sent is the reporter's word. REFUTED: it is not so.",
      "UNDECIDED: where it is about a compaction and does not reveal the space's key, name a home of the space with --home. UNSOUND: it is no evidence of anything. Exit code 0 for the first two."
    })
final class VerifyCommand extends SealiftCommand {
  @Parameters(paramLabel = "FILE", description = "The evidence.")
  private Path file = Path.of("");

  private boolean isConfirmed;

  VerifyCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.of(Setting.Scope.CLIENT);
  }

  @Override
  int exitCode() {
    return isConfirmed ? ExitCode.DONE : ExitCode.FAILED;
  }

  @Override
  void run(Console console, Configuration settings) throws Exception {
    if (!Files.isRegularFile(file)) {
      throw new Refusal(
          "no-such-file", "There is no file '" + Printable.of(file.toString()) + "'.");
    }
    EvidenceVerdict verdict =
        settings.isSet(Setting.CLIENT_HOME) ? inHome(settings) : read(Sealift::verify);
    isConfirmed =
        verdict.conclusion() == Conclusion.CONFIRMED || verdict.conclusion() == Conclusion.REPORTED;
    console.json(json(verdict));
    if (!console.isJson()) {
      print(console, verdict);
    }
  }

  private interface Check {
    EvidenceVerdict of(InputStream in) throws IOException;
  }

  private EvidenceVerdict read(Check check) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return check.of(in);
    }
  }

  private EvidenceVerdict inHome(Configuration settings) throws Exception {
    try (Sealift sealift = ClientCommand.open(settings)) {
      return read(ClientCommand.space(sealift, settings)::verify);
    }
  }

  private static void print(Console console, EvidenceVerdict verdict) {
    console.say(verdict.conclusion() + ": " + Printable.of(verdict.why()) + ".");
    console.say("  space         " + verdict.space());
    verdict.violation().ifPresent(what -> console.say("  the mesh      " + name(what)));
    verdict.compaction().ifPresent(of -> console.say("  compaction    " + of));
    verdict.accused().ifPresent(author -> console.say("  author        device " + author));
    verdict.difference().ifPresent(found -> console.say("  differs in    " + text(found)));
    console.say("  reported by   device " + verdict.reporter() + " at "
        + Instant.ofEpochMilli(verdict.reportedAtMillis()));
    for (Signed signed : verdict.signatures()) {
      console.say("  signed by     " + name(signed.signer()) + " " + signed.id()
          + signed.member().map(member -> ", member " + member).orElse("") + ":");
      console.say("                " + signed.what());
    }
  }

  private static String text(Difference found) {
    return name(found.kind())
        + found
            .row()
            .map(row -> ", table " + Printable.of(row.table()) + ", row " + Printable.of(row.key()))
            .orElse("")
        + column(found).map(column -> ", column " + Printable.of(column)).orElse("");
  }

  private static Optional<String> column(Difference found) {
    return Optional.of(found.cell().column()).filter(name -> !name.isEmpty());
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static JsonObject json(EvidenceVerdict verdict) {
    JsonArray signatures = new JsonArray();
    for (Signed signed : verdict.signatures()) {
      signatures.add(new JsonObject()
          .put("signer", name(signed.signer()))
          .put("id", signed.id())
          .put("member", signed.member().orElse(null))
          .put("what", signed.what()));
    }
    JsonObject object = new JsonObject()
        .put("conclusion", name(verdict.conclusion()))
        .put("why", verdict.why())
        .put("space", verdict.space().toString())
        .put("violation", verdict.violation().map(VerifyCommand::name).orElse(null))
        .put("compaction", verdict.compaction().map(Object::toString).orElse(null))
        .put("author", verdict.accused().map(Object::toString).orElse(null))
        .put("reporter", verdict.reporter().toString())
        .put("reportedAt", Instant.ofEpochMilli(verdict.reportedAtMillis()).toString())
        .put("signatures", signatures);
    verdict
        .difference()
        .ifPresent(found -> object
            .put("differsIn", name(found.kind()))
            .put("table", found.row().map(row -> row.table()).orElse(null))
            .put("row", found.row().map(row -> row.key()).orElse(null))
            .put("column", column(found).orElse(null)));
    return object;
  }
}
