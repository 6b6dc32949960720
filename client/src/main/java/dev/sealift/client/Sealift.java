package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Driver;
import dev.sealift.client.store.JdbcDriver;
import dev.sealift.client.sync.DeviceHint;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.JdkTransport;
import dev.sealift.client.sync.Transport;
import dev.sealift.client.vault.PrivateFiles;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.membership.SpaceRules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A home on this device: its keys and its spaces, in one folder that one process at a time has open. Safe for use from any
 * thread.
 *
 * <pre>
 * vault              the master key, under a passphrase if one was given
 * lock               held while the home is open
 * spaces/NAME.db     a space: SQLite, encrypted if there is a passphrase and the driver encrypts
 * spaces/NAME.keys   this device's keys in it and the key of its store, sealed by the vault
 * recovery           the same of the recovery space, if the home has a paper key: see {@link Recovery}
 * </pre>
 *
 * <p>A space is there when its store is, which gets its name last and loses it first.
 */
public final class Sealift implements AutoCloseable {
  private final Path spacesFolder;
  private final HomeLock lock;
  private final SpaceMaker maker;
  private final Recovery recovery;

  /** Changed by who holds the home, and looked through by anybody. */
  private final Map<String, Space> open = new ConcurrentHashMap<>();

  private volatile Set<DeviceHint> hints = Set.of();
  private boolean closed;

  private Sealift(
      Path home, HomeLock lock, Vault vault, Driver driver, Transport transport, Options options) {
    this.spacesFolder = spaces(home);
    this.lock = lock;
    this.maker = new SpaceMaker(vault, new AtRest(vault, driver), transport, options, () -> hints);
    this.recovery = new Recovery(this, new RecoveryFiles(home.resolve("recovery")), maker);
  }

  /**
   * Opens a home that has no passphrase; makes it on first use.
   *
   * @throws SealiftException {@code HOME_IN_USE}, {@code WRONG_PASSPHRASE}, {@code NEWER_VERSION}, {@code STORE_FAILED}
   */
  public static Sealift open(Path home) {
    return open(home, Options.defaults());
  }

  /**
   * As above, with a passphrase, another transport or another clock.
   *
   * @throws SealiftException also {@code NO_ENCRYPTION}
   */
  public static Sealift open(Path home, Options options) {
    return open(home, options, new JdbcDriver());
  }

  static Sealift open(Path home, Options options, Driver driver) {
    HomeLock lock = null;
    options.requireMet(driver);
    try {
      PrivateFiles.createDirectory(home);
      PrivateFiles.createDirectory(spaces(home));
      lock = HomeLock.take(home.resolve("lock"));
      Vault vault = Vault.open(home.resolve("vault"), options.passphrase());
      Transport transport = options.transport() == null ? new JdkTransport() : options.transport();
      return new Sealift(home, lock, vault, driver, transport, options);
    } catch (IOException e) {
      release(lock);
      throw Errors.ofHome(e);
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  /**
   * Checks evidence that reveals what it takes to read it; what does not is for {@link Space#verify}. Needs no home and no network.
   *
   * @param in is read to its end, and not closed
   * @throws SealiftException {@code BAD_EVIDENCE}, {@code NEWER_FORMAT}
   */
  public static EvidenceVerdict verify(InputStream in) throws IOException {
    return Verifying.verify(in, Optional.empty());
  }

  private static Path spaces(Path home) {
    return home.resolve("spaces");
  }

  private static void release(@Nullable HomeLock lock) {
    if (lock != null) {
      lock.close();
    }
  }

  /**
   * Founds a space. It works at once and offline; the mesh that it connects to first becomes its mesh.
   *
   * @throws SealiftException {@code SPACE_EXISTS}, {@code INVALID_INPUT}
   */
  public Space create(String name, Schema schema) {
    return create(name, schema, SpaceOptions.defaults());
  }

  /**
   * As above, with rules that are not the usual ones.
   *
   * @throws SealiftException {@code SPACE_EXISTS}, {@code INVALID_INPUT}
   */
  public synchronized Space create(String name, Schema schema, SpaceOptions options) {
    requireNew(name);
    SpaceRules rules = options.rules();
    return make(name, (records, batch) -> {
      batch.useRules(rules);
      schema.declare(batch);
    });
  }

  /** Joins a space under the name that its inviter gave it. */
  public Space join(String link) {
    return join(link, parse(link).spaceName());
  }

  /**
   * Joins a space by an invitation. The space is there at once and empty; {@link Space#connect()} fetches it, and there an
   * invitation that was used up, has expired or is of another mesh shows.
   *
   * @throws SealiftException {@code BAD_LINK}, {@code SPACE_EXISTS}, {@code INVALID_INPUT}
   */
  public synchronized Space join(String link, String name) {
    InviteLink invitation = parse(link);
    requireNew(name);
    return make(name, (records, batch) -> {
      records.startJoining(
          batch,
          invitation.space(),
          invitation.notary(),
          invitation.head(),
          invitation.secret().toByteArray(),
          invitation.invitationSequence());
      records.putMesh(batch, invitation.mesh());
    });
  }

  private static InviteLink parse(String link) {
    try {
      return InviteLink.parse(link);
    } catch (FormatException e) {
      throw new SealiftException(
          ErrorCode.BAD_LINK,
          "This is no invitation link that can be used: " + e.getMessage()
              + ". Copy it again, whole.",
          e);
    }
  }

  private void requireNew(String name) {
    requireOpen();
    SpaceNames.require(name);
    if (Files.exists(files(name).db())) {
      throw new SealiftException(
          ErrorCode.SPACE_EXISTS,
          "This home has a space of that name already. Choose another name.");
    }
  }

  private Space make(String name, SpaceMaker.Start start) {
    return opened(name, maker.make(files(name), name, start));
  }

  private Space opened(String name, Space space) {
    open.put(name, space);
    return space;
  }

  /**
   * A space of this home. A store in clear is encrypted first, where the home has a passphrase and this program's SQLite can do that: it takes as long as
   * copying it, and as much room again.
   *
   * @throws SealiftException {@code NO_SUCH_SPACE} when there is none of that name: it is not made silently, so that two
   *     devices never end up in two spaces of one name. {@code NO_ENCRYPTION}, {@code STORE_DAMAGED}, {@code STORE_FAILED}, {@code DISK_FULL}
   */
  public synchronized Space space(String name) {
    requireOpen();
    Space known = open.get(name);
    if (known != null) {
      return known;
    }
    if (!SpaceNames.isValid(name) || !Files.exists(files(name).db())) {
      throw new SealiftException(
          ErrorCode.NO_SUCH_SPACE,
          "This home has no space of that name. Create it, or join it by an invitation from a device that has it.");
    }
    return opened(name, maker.open(files(name), name));
  }

  /** The names of this home's spaces, sorted. */
  public synchronized List<String> spaces() {
    requireOpen();
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(spacesFolder, "*" + SpaceFiles.DB)) {
      files.forEach(file -> {
        String fileName = file.getFileName().toString();
        names.add(fileName.substring(0, fileName.length() - SpaceFiles.DB.length()));
      });
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
    Collections.sort(names);
    return names;
  }

  /**
   * Takes a space from this home: its data, and this device's keys to it. What the mesh and other devices have stays.
   *
   * @throws SealiftException {@code NO_SUCH_SPACE}
   */
  public synchronized void forget(String name) {
    space(name).close();
    open.remove(name);
    try {
      files(name).deleteDb();
      Files.deleteIfExists(files(name).keys());
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
  }

  /**
   * Says what speaks, as of now, against giving this device work that another one of a space can do as well: the others come first then. It takes the place of what was said before, holds until this home is closed, and can be
   * changed at any time, from anywhere.
   *
   * @param now nothing for a device that has power and a link to spare, which is what is assumed at first
   */
  public void hint(Set<DeviceHint> now) {
    hints = Set.copyOf(now);
    open.values().forEach(Space::tellLoop); // under no lock: the app may say so whatever it holds
  }

  /** The paper key that restores all of this home's spaces. */
  public Recovery recovery() {
    return recovery;
  }

  private SpaceFiles files(String name) {
    return new SpaceFiles(spacesFolder, name);
  }

  private void requireOpen() {
    if (closed) {
      throw new SealiftException(ErrorCode.CLOSED, "This home was closed.");
    }
  }

  /** Ends all exchange and closes the stores. Local writes that were not sent are kept for the next time. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      recovery.close();
      open.values().forEach(Space::close);
      lock.close();
    }
  }
}
