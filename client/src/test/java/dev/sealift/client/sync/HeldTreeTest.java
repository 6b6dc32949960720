package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.LogEntry;
import dev.sealift.client.store.RemoteFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Frame;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldTreeTest {
  private static final long FILES = 700;
  private static final long START = 1_700_000_000_000L;
  private static final SpaceId SPACE = SpaceId.of(hash("space"));
  private static final DeviceId AUTHOR = DeviceId.of(hash("author"));

  @TempDir
  Path folder;

  private SpaceStore store;
  private HeldTree whole;

  @BeforeEach
  void fill() {
    store = SpaceStore.open(
        folder.resolve("space.db"), DeviceId.of(hash("holder")), () -> START + FILES);
    try (Batch batch = store.batch()) {
      for (long at = 1; at <= FILES; at++) {
        LogEntry entry = new LogEntry(
            at, FileId.of(hash("file" + at)), AUTHOR, at, START + at, 0, hash("root" + at));
        batch.record(new RemoteFile(entry, HybridTime.ZERO, 0, List.of()));
      }
      batch.commit();
    }
    whole = new HeldTree(store, SPACE, new CompactTree());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Hash hash(String text) {
    return Hash.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As in a store that came by a step: nobody has told them. */
  private void forgetIds(long upTo) throws Exception {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("space.db"));
        Statement statement = db.createStatement()) {
      statement.execute(
          "UPDATE _sealift_log SET file = NULL, root = NULL WHERE sequence <= " + upTo);
    }
  }

  /** Sizes from one on. */
  private static List<Long> sizes(long from) {
    List<Long> sizes = new ArrayList<>(List.of(from, FILES - 1, FILES));
    for (long size = from + 1; size < FILES; size += 61) {
      sizes.add(size);
    }
    return sizes.stream().filter(size -> size >= from).sorted().toList();
  }

  private static List<List<Hash>> proofs(HeldTree tree, long from) {
    List<List<Hash>> proofs = new ArrayList<>();
    for (long first : sizes(from)) {
      for (long second : sizes(first)) {
        proofs.add(Proofs.consistency(first, second, tree));
      }
    }
    return proofs;
  }

  @Test
  void behindAnEdgeItProvesWhatTheWholeTreeDoes() throws Exception {
    for (long edge : List.of(1L, 3L, 255L, 256L, 257L, 300L, 512L, 611L)) {
      CompactTree front = whole.upTo(edge);
      List<List<Hash>> proofs = proofs(whole, edge);
      Hash root = whole.upTo(FILES).root();
      byte[] before = whole.before(FILES - 1);
      forgetIds(edge);

      HeldTree tree = new HeldTree(store, SPACE, front);
      assertThat(proofs(tree, edge)).as("behind %d", edge).isEqualTo(proofs);
      assertThat(tree.upTo(FILES).root()).isEqualTo(root);
      assertThat(tree.before(FILES - 1)).isEqualTo(before);
      assertThat(tree.upTo(edge).root()).isEqualTo(front.root());
      whole = tree; // the next edge is further on
    }
  }

  @Test
  void inFrontOfItNothingIsKnown() throws Exception {
    HeldTree tree = new HeldTree(store, SPACE, whole.upTo(300));
    assertThat(tree.reachesBackTo(300)).isTrue();
    assertThat(tree.reachesBackTo(299)).isFalse();
    assertThatThrownBy(() -> tree.upTo(299)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tree.node(0, 100)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMeshThatWasRestoredToBeforeItIsNotToldByWhoCanProveNothingThere() throws Exception {
    try (Batch batch = store.batch()) {
      batch.keep(250, new byte[1], new byte[1]); // a change of members, as a step leaves it
      batch.commit();
    }
    SignedTreeHead head = SignedTreeHead.sign(
        new TreeHead(SPACE, 0, FILES, whole.upTo(FILES).root(), START),
        DeviceKeyPair.generate().signing());
    List<Frame> sent = new ArrayList<>();
    Restorer restorer = new Restorer(
        store,
        new HeldTree(store, SPACE, whole.upTo(300)),
        Optional.of(head),
        List.of(ByteString.copyFromUtf8("lost")),
        sent::add);
    assertThat(restorer.tell(250)).isFalse();
    assertThat(sent).isEmpty();
  }
}
