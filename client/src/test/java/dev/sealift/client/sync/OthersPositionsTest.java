package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.store.Batch;
import dev.sealift.client.store.Db;
import dev.sealift.client.store.Driver;
import dev.sealift.client.store.JdbcDriver;
import dev.sealift.client.store.LogEntry;
import dev.sealift.client.store.RemoteFile;
import dev.sealift.client.store.SignedView;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.SpaceRules;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of others' positions where the log comes to them in another way than file by file, or cannot be kept. */
class OthersPositionsTest {
  private static final long NOW = 1_767_225_600_000L;

  @TempDir
  Path folder;

  private final DeviceKeyPair other = DeviceKeyPair.generate();
  private final DeviceKeyPair self = DeviceKeyPair.generate();
  private final CompactTree tree = new CompactTree();
  private boolean isDiskFull;
  private SpaceId space;
  private Membership members;
  private SpaceStore store;
  private OthersPositions positions;

  @BeforeEach
  void open() throws Exception {
    SignedFile genesis = new FileMaker(other)
        .genesis(
            SigningKey.generate().verifyingKey(),
            MemberId.random(new SecureRandom()),
            SpaceRules.defaults(),
            EpochKey.generate(1),
            NOW);
    space = genesis.file().space();
    members = Membership.found(genesis.file());
    store = SpaceStore.open(new FullDisk(), folder.resolve("space.db"), self.id(), () -> NOW);
    positions = new OthersPositions(store);
    grow(4);
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** The log gets so many files, by whatever way. */
  private void grow(int files) {
    try (Batch batch = store.batch()) {
      for (int i = 0; i < files; i++) {
        Hash leaf = Hash.of(new byte[] {(byte) tree.size()});
        tree.append(leaf);
        LogEntry entry = new LogEntry(
            tree.size(), FileId.of(leaf), other.id(), tree.size(), NOW, 0, tree.root());
        batch.record(new RemoteFile(entry, HybridTime.of(NOW, 0), 0, RemoteFile.NEVER, List.of()));
      }
      batch.commit();
    }
  }

  private PositionCheck check() {
    LogState log = new LogState(
        tree.copy(),
        NOW,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(members),
        Map.of());
    return new PositionCheck(space, self.id(), log, List.of(), NOW);
  }

  private SignedPosition signed(long sequence, Hash root) {
    return SignedPosition.sign(
        new Position(space, other.id(), 0, sequence, root, HybridTime.of(NOW, 0)), other.signing());
  }

  private boolean take(SignedPosition one) throws Exception {
    return positions.take(List.of(one.exact()), Optional.empty(), check());
  }

  private SignedPosition isAhead(Hash root) throws Exception {
    SignedPosition ahead = signed(6, root);
    assertThat(take(ahead)).isTrue();
    assertThat(store.ahead()).containsExactly(ahead);
    return ahead;
  }

  private Hash rootAt6() {
    CompactTree grown = tree.copy();
    grown.append(Hash.of(new byte[] {4}));
    grown.append(Hash.of(new byte[] {5}));
    return grown.root();
  }

  @Test
  void whatLayAheadCountsOnceAStepHasComeThere() throws Exception {
    isAhead(rootAt6());
    grow(3);
    positions.stepped(check());
    assertThat(store.ahead()).isEmpty();
    assertThat(store.views()).containsExactly(new SignedView(other.id(), 6, HybridTime.of(NOW, 0)));
  }

  /** Who passes it on only once stops nobody for ever. */
  @Test
  void whatConvictsDoesSoOnceAndWheneverItIsToldAgain() throws Exception {
    SignedPosition forked = isAhead(Hash.of(new byte[] {9}));
    grow(3);
    assertThatThrownBy(() -> positions.stepped(check()))
        .isInstanceOfSatisfying(
            MeshViolationException.class,
            e -> assertThat(e.violation()).isEqualTo(Violation.SEEN_ANOTHER_LOG));
    assertThat(store.ahead()).isEmpty();
    positions.stepped(check());
    new OthersPositions(store).stepped(check());
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> take(forked)).isInstanceOf(MeshViolationException.class);
    }
    assertThat(store.views()).isEmpty();
  }

  @Test
  void anOlderOneDoesNotTakeThePlaceOfOneThatLiesAhead() throws Exception {
    SignedPosition ahead = isAhead(rootAt6());
    SignedPosition older = SignedPosition.sign(
        new Position(space, other.id(), 0, 9, Hash.of(new byte[] {9}), HybridTime.of(NOW - 1, 0)),
        other.signing());
    assertThat(take(older)).isFalse();
    assertThat(store.ahead()).containsExactly(ahead);
  }

  @Test
  void whatCouldNotBeKeptIsLookedAtAgain() throws Exception {
    SignedPosition held = signed(4, tree.root());
    isDiskFull = true;
    assertThatThrownBy(() -> take(held)).isInstanceOf(StoreException.class);
    isDiskFull = false;
    assertThat(take(held)).isTrue();
    assertThat(store.views()).hasSize(1);
    assertThat(take(held)).as("the same again").isFalse();
  }

  private final class FullDisk implements Driver {
    private final JdbcDriver jdbc = new JdbcDriver();

    @Override
    public Db openWriter(Path file) {
      Db writer = jdbc.openWriter(file);
      return (Db) Proxy.newProxyInstance(
          Db.class.getClassLoader(), new Class<?>[] {Db.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("commit") && isDiskFull) {
              throw new StoreException(StoreException.Code.DISK_FULL, "the disk is full");
            }
            try {
              return method.invoke(writer, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          });
    }

    @Override
    public Db openReader(Path file) {
      return jdbc.openReader(file);
    }
  }
}
