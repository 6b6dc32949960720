package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.recovery.RecoveryWords;
import dev.sealift.client.sync.MeshGreeting;
import dev.sealift.client.sync.RecoverySpace;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.link.RecoveryKeys;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The paper key of a home: 12 words on paper that restore, on a machine that has nothing, every space of the home, as another device of the same member.
 *
 * <p>From the words follow all keys of a small space of its own, the recovery space, and nothing else has to be known of it but where its mesh is. In it stands, sealed as everything is, a link into each
 * space. A home that has a paper key is a device of that space, and keeps the links good; it does not know the words.
 *
 * <p>Everything here waits for a mesh, but {@link #isThere}, {@link #coverage} and {@link #forget}. Safe for use from any thread, one at a time.
 */
public final class Recovery {
  private static final String NAME = "paper key";

  /** Of the recovery space itself, and of a space that is only looked at. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Of a space that comes whole. */
  private static final Duration RESTORING_PATIENCE = Duration.ofMinutes(30);

  private final Sealift home;
  private final RecoveryFiles files;
  private final SpaceMaker maker;
  private volatile @Nullable Space open;
  private volatile boolean closed;

  Recovery(Sealift home, RecoveryFiles files, SpaceMaker maker) {
    this.home = home;
    this.files = files;
    this.maker = maker;
  }

  // Making one

  /** Whether the home has a paper key. */
  public synchronized boolean isThere() {
    return files.current() > 0;
  }

  /**
   * Makes a paper key on a mesh, which covers every space of this home that can be reached. The spaces may be on other meshes.
   *
   * @return its words, once all that they need is durable in the mesh
   * @throws SealiftException {@code PAPER_KEY_EXISTS}; what stands in the way of the mesh
   */
  public NewPaperKey create(URI mesh) {
    return create(mesh, Optional.empty());
  }

  /**
   * As above, where a mesh asks for an admission token.
   *
   * @param token as {@link Space#presentToken} takes it
   */
  public synchronized NewPaperKey create(URI mesh, Optional<String> token) {
    if (isThere()) {
      throw new SealiftException(
          ErrorCode.PAPER_KEY_EXISTS,
          "This home has a paper key already. Replace it if the paper is lost, or somebody has seen it.");
    }
    return make(mesh, token);
  }

  /**
   * Makes a new paper key in the place of the one that the home has. The old one is good until {@link #withdrawReplaced} has ended: show the new words first.
   *
   * @throws SealiftException {@code NO_PAPER_KEY}; {@code PAPER_KEY_REPLACED} when another device of the member has replaced it already; as {@link #create(URI)}
   */
  public synchronized NewPaperKey replace(URI mesh, Optional<String> token) {
    requireMayReplace(current());
    return make(mesh, token);
  }

  /** A mesh that is gone for ever keeps nobody from having a new one. */
  private static void requireMayReplace(Space space) {
    try {
      connect(space, Optional.empty());
      requireNotReplaced(space);
    } catch (SealiftException e) {
      if (e.code() == ErrorCode.PAPER_KEY_REPLACED) {
        throw e;
      }
    } finally {
      space.disconnect();
    }
  }

  private NewPaperKey make(URI mesh, Optional<String> token) {
    MeshAddress.require(mesh);
    RecoveryWords words = RecoveryWords.random();
    RecoveryKeys keys = words.keys();
    RecoverySpace recovery = RecoverySpace.of(keys, MeshGreeting.notary(maker.transport(), mesh));
    int number = files.beginNext();
    found(recovery, keys, mesh, token);
    Space space = enter(recovery, mesh, number);
    try {
      List<Coverage> coverage = coverAll(new RecoveryLinks(space));
      Settling.durable(space, PATIENCE);
      use(number, space);
      return new NewPaperKey(words, mesh, coverage);
    } catch (RuntimeException e) {
      drop(number, space);
      throw e;
    } finally {
      space.disconnect();
    }
  }

  /** As the device that the words are, which is there for this moment alone: the space, and the invitation that the words have the secret of. */
  private void found(RecoverySpace recovery, RecoveryKeys keys, URI mesh, Optional<String> token) {
    Space paper =
        maker.makeForNow(files.paper(), NAME, recovery.founderKeys(), recovery::startFounding);
    try {
      token.ifPresent(paper::presentToken);
      paper.connect(mesh);
      Settling.upToDate(paper, PATIENCE);
      InviteLink link = paper.invite(Invitation.ofPaper(), keys.invitationSecret());
      if (link.invitationSequence() != RecoverySpace.INVITATION_SEQUENCE) {
        throw new SealiftException(
            ErrorCode.INTERNAL,
            "The invitation of the paper key does not stand where it is looked for.");
      }
    } finally {
      paper.close();
      files.deletePaper();
    }
  }

  /** Comes into the recovery space by what the words yield. */
  private Space enter(RecoverySpace recovery, URI mesh, int number) {
    Space space = maker.make(files.of(number), NAME, recovery::startJoining);
    try {
      space.connect(mesh);
      Settling.upToDate(space, PATIENCE);
      return space;
    } catch (RuntimeException e) {
      drop(number, space);
      throw e;
    }
  }

  private void use(int number, Space space) {
    files.use(number);
    Space before = open;
    open = space;
    if (before != null) {
      before.close();
    }
    if (closed) {
      space.close();
    }
  }

  private void drop(int number, Space space) {
    if (open != space) {
      space.close();
      files.delete(number);
    }
  }

  // Keeping it good

  /**
   * Where the paper key has to be used, as far as this home knows.
   *
   * @throws SealiftException {@code NO_PAPER_KEY}
   */
  public synchronized URI mesh() {
    return current().status().mesh().orElseThrow();
  }

  /**
   * Whether the paper key covers each space of this home, as far as this device knows, by name. Asks nobody.
   *
   * @throws SealiftException {@code NO_PAPER_KEY}
   */
  public synchronized List<Coverage> coverage() {
    RecoveryLinks links = new RecoveryLinks(current());
    return home.spaces().stream()
        .map(name -> links.covers(home.space(name)) ? Coverage.of(name) : notYet(name))
        .toList();
  }

  private static Coverage notYet(String name) {
    return Coverage.not(
        name,
        new SealiftException(
            ErrorCode.NOT_CONNECTED,
            "The paper key does not have it yet, or not any more. It is added when both can be reached."));
  }

  /**
   * Adds what the paper key does not cover yet, and renews links that were used or withdrawn. To be called after a space was founded or joined, and now and then.
   *
   * @return of each space of this home, by name
   * @throws SealiftException {@code NO_PAPER_KEY}; {@code PAPER_KEY_REPLACED} when another device of the member has replaced it; what stands in the way of the mesh
   */
  public synchronized List<Coverage> cover() {
    return covering(this::coverAll);
  }

  /**
   * As above, of one space.
   *
   * @param space its name in this home
   */
  public synchronized Coverage cover(String space) {
    return covering(links -> cover(links, space));
  }

  private <T> T covering(Function<RecoveryLinks, T> work) {
    Space space = current();
    try {
      connect(space, Optional.empty());
      requireNotReplaced(space);
      T coverage = work.apply(new RecoveryLinks(space));
      Settling.durable(space, PATIENCE);
      return coverage;
    } finally {
      space.disconnect();
    }
  }

  private static void connect(Space space, Optional<URI> mesh) {
    mesh.ifPresentOrElse(space::connect, space::connect);
    Settling.upToDate(space, PATIENCE);
  }

  /** Whoever replaces a paper key puts the device that its words are out of the space. */
  private static void requireNotReplaced(Space space) {
    if (space.founder().isEmpty()) {
      throw replaced();
    }
  }

  private static SealiftException replaced() {
    return new SealiftException(
        ErrorCode.PAPER_KEY_REPLACED,
        "This paper key was replaced by another one, and is good for nothing any more. Use the words of the new one; a home that has the old one forgets that first.");
  }

  private List<Coverage> coverAll(RecoveryLinks links) {
    return home.spaces().stream().map(name -> cover(links, name)).toList();
  }

  private Coverage cover(RecoveryLinks links, String name) {
    try {
      reaching(home.space(name), space -> {
        if (links.cover(space)) {
          Settling.upToDate(space, PATIENCE); // so that this home knows of it too, also offline
        }
      });
      return Coverage.of(name);
    } catch (SealiftException e) {
      return Coverage.not(name, e);
    }
  }

  private interface Work {
    void with(Space space);
  }

  /** With a space that is up to date, and that is left as it was: connected or not. */
  private static void reaching(Space space, Work work) {
    boolean exchanging = space.isExchanging();
    if (!exchanging) {
      space.connect();
    }
    try {
      Settling.upToDate(space, PATIENCE);
      work.with(space);
    } finally {
      if (!exchanging) {
        space.disconnect();
      }
    }
  }

  // Restoring

  /**
   * Restores from words: comes into every space that the paper key covers, under its name and with all that is in it, as another device of the member; and keeps the paper key good from then on. Spaces that are
   * here already stay as they are, so it can be done again, and on a home that is in use. Spaces that were restored stay connected.
   *
   * @param mesh where the paper key is; also where spaces are that are on the same mesh, at whatever address it was before
   * @return of each space of the paper key, by name
   * @throws SealiftException {@code PAPER_KEY_UNKNOWN}, {@code PAPER_KEY_REPLACED}; {@code PAPER_KEY_EXISTS} when the home has another one; what stands in the way of the mesh
   */
  public synchronized List<Restored> restore(
      RecoveryWords words, URI mesh, RestoreListener listener) {
    MeshAddress.require(mesh);
    RecoverySpace recovery =
        RecoverySpace.of(words.keys(), MeshGreeting.notary(maker.transport(), mesh));
    Space space = isThere() ? again(recovery, mesh) : enterFirst(recovery, mesh);
    try {
      requireNotReplaced(space);
      RecoveryLinks links = new RecoveryLinks(space);
      List<Restored> restored = restoreAll(links.all(), space, mesh, listener);
      var unused = coverAll(links);
      Settling.durable(space, PATIENCE);
      return restored;
    } finally {
      space.disconnect();
    }
  }

  private Space again(RecoverySpace recovery, URI mesh) {
    Space space = current();
    if (!space.status().space().equals(Optional.of(recovery.id().toString()))) {
      throw new SealiftException(
          ErrorCode.PAPER_KEY_EXISTS,
          "This home has another paper key. Forget that first, if these are the words that you want to use.");
    }
    try {
      connect(space, Optional.of(mesh));
    } catch (RuntimeException e) {
      space.disconnect();
      throw e;
    }
    return space;
  }

  private Space enterFirst(RecoverySpace recovery, URI mesh) {
    int number = files.beginNext();
    try {
      Space space = enter(recovery, mesh, number);
      use(number, space);
      return space;
    } catch (SealiftException e) {
      throw switch (e.code()) {
        case MESH_LOST_SPACE ->
          new SealiftException(
              ErrorCode.PAPER_KEY_UNKNOWN,
              "The mesh has no paper key of these words. Look whether the address is that on the paper, and whether each word is.",
              e);
        case INVITATION_UNKNOWN -> replaced();
        default -> e;
      };
    }
  }

  private List<Restored> restoreAll(
      List<InviteLink> links, Space recovery, URI mesh, RestoreListener listener) {
    List<Restored> all = new ArrayList<>();
    for (InviteLink link : links) {
      Optional<String> here = nameHere(link);
      String name = here.orElseGet(() -> freeName(link.spaceName()));
      listener.restoring(name, all.size() + 1, links.size());
      boolean sameMesh = recovery.notary().equals(Optional.of(link.notary()));
      Restored one = restore(link, name, here.isEmpty(), sameMesh ? mesh : link.mesh());
      all.add(one);
      listener.restored(one);
    }
    return all;
  }

  private Restored restore(InviteLink link, String name, boolean isNew, URI mesh) {
    try {
      Space space = isNew ? home.join(link.format(), name) : home.space(name);
      if (isNew || !space.status().member()) {
        fetch(space, mesh);
      }
      return new Restored(name, isNew, Optional.empty());
    } catch (SealiftException e) {
      return new Restored(name, isNew, Optional.of(e));
    }
  }

  /** One that this device did not come into leaves nothing behind: it can be tried again. */
  private void fetch(Space space, URI mesh) {
    try {
      space.connect(mesh);
      Settling.upToDate(space, RESTORING_PATIENCE);
    } catch (SealiftException e) {
      if (!space.status().member()) {
        home.forget(space.name());
      }
      throw e;
    }
  }

  private Optional<String> nameHere(InviteLink link) {
    Optional<String> id = Optional.of(link.space().toString());
    return home.spaces().stream()
        .filter(name -> home.space(name).status().space().equals(id))
        .findFirst();
  }

  /** That of the link, if no other space of the home has it. */
  private String freeName(String wanted) {
    String base = SpaceNames.isValid(wanted) ? wanted : "restored";
    List<String> taken = home.spaces();
    String name = base;
    for (int number = 2; taken.contains(name); number++) {
      String suffix = "-" + number;
      name = base.substring(0, Math.min(base.length(), SpaceNames.MAX_LENGTH - suffix.length()))
          + suffix;
    }
    return name;
  }

  // Doing away with it

  /** Whether this home still has a paper key to withdraw that it has replaced. */
  public synchronized boolean hasReplaced() {
    return !files.replaced().isEmpty();
  }

  /**
   * Ends paper keys that were replaced: withdraws every open invitation for devices of this member that is not the new paper key's, in each space of this home, and then puts the old words out of their recovery space, where nobody
   * comes in any more. What could not be reached stays to be done: call it again. Devices that have come in by the old words stay in, until they are removed.
   *
   * @return the spaces in which something of the old paper key is still good, by name
   * @throws SealiftException {@code NO_PAPER_KEY}
   */
  public synchronized List<Coverage> withdrawReplaced() {
    RecoveryLinks links = new RecoveryLinks(current());
    List<Coverage> left = new ArrayList<>();
    for (int number : files.replaced()) {
      Space old = maker.open(files.of(number), NAME);
      boolean ended = false;
      try {
        left.addAll(withdraw(links));
        ended = end(old, left) && left.isEmpty();
      } finally {
        old.close();
      }
      if (ended) {
        files.delete(number);
      }
    }
    return left;
  }

  private List<Coverage> withdraw(RecoveryLinks but) {
    List<Coverage> left = new ArrayList<>();
    for (String name : home.spaces()) {
      Space space = home.space(name);
      try {
        if (space.status().mesh().isPresent()) { // else nobody was ever invited to it
          reaching(space, reached -> RecoveryLinks.withdrawAll(reached, but));
        }
      } catch (SealiftException e) {
        if (e.code() != ErrorCode.NOT_A_MEMBER) { // with a member's last device her links ended
          left.add(Coverage.not(name, e));
        }
      }
    }
    return left;
  }

  /** Whether nobody comes into the recovery space by its words any more. */
  private static boolean end(Space old, List<Coverage> left) {
    try {
      connect(old, Optional.empty());
      Optional<String> founder = old.founder();
      if (founder.isPresent()) {
        var unused = old.remove(Removal.of(founder.get()));
      }
      return true;
    } catch (SealiftException e) {
      if (e.code() == ErrorCode.NOT_A_MEMBER) {
        return true; // somebody has put this home out of it: nothing can be done from here
      }
      left.add(Coverage.not(NAME, e));
      return false;
    }
  }

  /** Takes the paper key from this home alone: the words go on restoring what they cover, but this home renews nothing any more. */
  public synchronized void forget() {
    Space space = open;
    open = null;
    if (space != null) {
      space.close();
    }
    files.deleteAll();
  }

  private void requireThere() {
    if (!isThere()) {
      throw new SealiftException(
          ErrorCode.NO_PAPER_KEY, "This home has no paper key. Make one, or use the words of one.");
    }
  }

  private Space current() {
    if (closed) {
      throw new SealiftException(ErrorCode.CLOSED, "This home was closed.");
    }
    requireThere();
    Space known = open;
    if (known == null) {
      known = maker.open(files.of(files.current()), NAME);
      open = known;
    }
    return known;
  }

  /** With its home, and under no lock: whoever waits for a mesh ends by it. */
  void close() {
    closed = true;
    Space space = open;
    if (space != null) {
      space.close();
    }
  }
}
