package dev.sealift.ops.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a device's time goes to on a row's way, with the laws that ask for it; told by the class that was at work. The JVM shows a thread
 * where it can be stopped: so a little of what goes on before a call of SQLite is counted with it.
 */
public enum Part {
  DISK("commits, waiting for the disk", "L7", "client.store.JdbcDb.commit"),
  JOURNAL("journal of what is not sent yet", "L4, L8", "client.store.Journal"),
  LOG(
      "places in the log, receipts, heads",
      "L8, L11",
      "client.store.FileLog",
      "client.store.Settings",
      "client.sync.SpaceRecords"),
  READING_BACK(
      "reading what is to be packed", "L8", "client.store.PendingWalk", "client.store.RunBuilder"),
  ROWS(
      "the row in its table, with stamps, ranks and removals",
      "L1–L4",
      "client.store.",
      "client.merge."),
  PACKING("encoding by column, compressing, padding; and back", "L9", "client.pack."),
  SEALING("AES-256-GCM and its keys", "L9", "client.vault."),
  SIGNING("signatures and their checks", "L10, L11", "protocol.crypto.", "protocol.file."),
  HASHING(
      "hashes of payloads, leaves, tree, membership",
      "L10, L11",
      "protocol.id.",
      "protocol.log.",
      "protocol.membership.",
      "client.sync.LogVerifier"),
  WAITING("waiting for the mesh", "L7", "client.sync.SyncLoop$Inbox.poll"),
  SOCKET(
      "frames, socket",
      "",
      "client.sync.JdkTransport",
      "client.sync.SyncLoop$Outgoing",
      "client.sync.SyncLoop.parse"),
  VALUES("values and rows as objects", "", "client.value.", "client.Row", "client.Table"),
  OTHER("everything else", "");

  private static final String SEALIFT = "dev.sealift.";

  /** Between SQLite and whoever asked it for something. */
  private static final String DRIVER = SEALIFT + "client.store.Jdbc";

  private final String text;
  private final String laws;
  private final List<String> code;

  Part(String text, String laws, String... code) {
    this.text = text;
    this.laws = laws;
    this.code = List.of(code);
  }

  public String text() {
    return text;
  }

  /** As the blueprint of the laws numbers them; empty for what any store would do. */
  public String laws() {
    return laws;
  }

  /** Whose work a stack shows, innermost frame first: that of the innermost code of ours, the database driver apart. */
  static Part of(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .map(frame -> frame.getClassName() + "." + frame.getMethodName())
        .filter(name -> name.startsWith(SEALIFT))
        .filter(name -> !name.startsWith(DRIVER) || DISK.does(name))
        .flatMap(name -> ofCode(name).stream())
        .findFirst()
        .orElse(OTHER);
  }

  private static Optional<Part> ofCode(String name) {
    return Arrays.stream(values()).filter(part -> part.does(name)).findFirst();
  }

  private boolean does(String name) {
    return code.stream().anyMatch(prefix -> name.startsWith(SEALIFT + prefix));
  }
}
