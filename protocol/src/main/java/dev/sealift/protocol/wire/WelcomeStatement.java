package dev.sealift.protocol.wire;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.WelcomeOrBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the notary says of a space in one connection, as a third party can check it: at this server time this was the log's
 * present head, or the space was not known; whether the mesh recovered, and which incarnations the space has had.
 *
 * <pre>
 * version               1 byte, 0x01
 * connection          132 bytes: version, u32; notary, space, client nonce and server nonce, 32 bytes each
 * known                 1 byte, 0 or 1
 * server time           8 bytes, Unix milliseconds, below 2^48
 * recovering            8 bytes, milliseconds, below 2^48
 * head                149 bytes, see {@link SignedTreeHead}; left out when not known
 * incarnations          1 byte, how many follow, at most 64
 *                     157 bytes each, see {@link SignedIncarnation}
 * signature            64 bytes, Ed25519 over context WELCOME and: connection, known, server time, recovering,
 *                     SHA-256 of the head, SHA-256 of the incarnations one after another
 * </pre>
 *
 * <p>Numbers are unsigned and big-endian. Immutable; equal by what it says.
 *
 * <p>Not guaranteed: that the head and the incarnations are signed, are of this space or go together. A mesh that says what
 * does not is the one that such a statement is evidence against. Nor that the head has what was admitted in the last moment
 * before the server time: it is what an engine said, and the time is a gateway's.
 *
 * @param signedHead the log's present head; empty when the mesh does not know the space
 * @param serverTimeMillis the mesh's clock, Unix milliseconds
 * @param recoveringMillis how long the mesh will go on taking back what it lost; 0 when it does not
 * @param signature 64 bytes, by the notary of the handshake if {@link #verify} says so
 */
public record WelcomeStatement(
    Handshake handshake,
    Optional<SignedTreeHead> signedHead,
    long serverTimeMillis,
    long recoveringMillis,
    List<SignedIncarnation> incarnations,
    ByteString signature) {
  private static final byte VERSION = 1;
  private static final int SAID_BYTES = Handshake.BYTES + 1 + 2 * Long.BYTES;
  private static final ByteString NO_SIGNATURE =
      ByteString.copyFrom(new byte[VerifyingKey.SIGNATURE_BYTES]);

  /** Of a space that is not known and has had no incarnation. */
  public static final int MIN_BYTES = 1 + SAID_BYTES + 1 + VerifyingKey.SIGNATURE_BYTES;

  public static final int MAX_BYTES =
      MIN_BYTES + SignedTreeHead.BYTES + Limits.MAX_INCARNATIONS * SignedIncarnation.BYTES;

  /**
   * @throws IllegalArgumentException when a time, the number of incarnations or the signature's length is out of bounds
   */
  public WelcomeStatement {
    incarnations = List.copyOf(incarnations);
    requireTime(serverTimeMillis);
    requireTime(recoveringMillis);
    if (incarnations.size() > Limits.MAX_INCARNATIONS) {
      throw new IllegalArgumentException("more incarnations than any space has");
    }
    if (signature.size() != VerifyingKey.SIGNATURE_BYTES) {
      throw new IllegalArgumentException("a signature is 64 bytes long");
    }
  }

  private static void requireTime(long millis) {
    if (millis < 0 || millis > HybridTime.MAX_MILLIS) {
      throw new IllegalArgumentException("a time fits 48 bits");
    }
  }

  /**
   * The notary's word.
   *
   * @param said the Welcome as it is to go out, but for its signature, which does not matter
   * @param notary the private key of the handshake's notary
   * @throws FormatException when the Welcome is malformed
   */
  public static WelcomeStatement sign(Handshake handshake, WelcomeOrBuilder said, SigningKey notary)
      throws FormatException {
    WelcomeStatement unsigned = of(handshake, said, NO_SIGNATURE);
    byte[] signature = notary.sign(SignatureContext.WELCOME, unsigned.signedBytes());
    return new WelcomeStatement(
        handshake,
        unsigned.signedHead,
        unsigned.serverTimeMillis,
        unsigned.recoveringMillis,
        unsigned.incarnations,
        ByteString.copyFrom(signature));
  }

  /**
   * What a Welcome says in this connection.
   *
   * @return empty when the notary did not sign it, or not for this connection
   * @throws FormatException when it is malformed; a signature of another length is none, and no reason
   */
  public static Optional<WelcomeStatement> check(Handshake handshake, WelcomeOrBuilder welcome)
      throws FormatException {
    ByteString signature = welcome.getSignature();
    boolean isWhole = signature.size() == VerifyingKey.SIGNATURE_BYTES;
    WelcomeStatement said = of(handshake, welcome, isWhole ? signature : NO_SIGNATURE);
    return isWhole && said.verify() ? Optional.of(said) : Optional.empty();
  }

  private static WelcomeStatement of(
      Handshake handshake, WelcomeOrBuilder said, ByteString signature) throws FormatException {
    if (said.getKnown() == said.getSignedHead().isEmpty()) {
      throw new FormatException("a Welcome has a head exactly when the space is known");
    }
    requireFew(said.getIncarnationsCount());
    List<SignedIncarnation> incarnations = new ArrayList<>(said.getIncarnationsCount());
    for (ByteString exact : said.getIncarnationsList()) {
      incarnations.add(SignedIncarnation.parse(exact));
    }
    return checked(
        handshake,
        said.getKnown()
            ? Optional.of(SignedTreeHead.parse(said.getSignedHead()))
            : Optional.empty(),
        said.getServerTimeMillis(),
        said.getRecoveringMillis(),
        incarnations,
        signature);
  }

  private static void requireFew(int incarnations) throws FormatException {
    if (incarnations > Limits.MAX_INCARNATIONS) {
      throw new FormatException("more incarnations than any space has");
    }
  }

  private static WelcomeStatement checked(
      Handshake handshake,
      Optional<SignedTreeHead> signedHead,
      long serverTimeMillis,
      long recoveringMillis,
      List<SignedIncarnation> incarnations,
      ByteString signature)
      throws FormatException {
    try {
      return new WelcomeStatement(
          handshake, signedHead, serverTimeMillis, recoveringMillis, incarnations, signature);
    } catch (IllegalArgumentException e) {
      throw new FormatException("a Welcome out of bounds: " + e.getMessage(), e);
    }
  }

  /**
   * Reads what came from outside. The signature is not checked here: see {@link #verify}.
   *
   * @throws FormatException when it is not exactly one statement, or a part of it is malformed
   */
  public static WelcomeStatement parse(ByteString exact) throws FormatException {
    if (exact.size() < MIN_BYTES || exact.size() > MAX_BYTES) {
      throw new FormatException("a Welcome's statement is " + MIN_BYTES + " to " + MAX_BYTES
          + " bytes long, not " + exact.size());
    }
    ByteBuffer from = exact.asReadOnlyByteBuffer();
    if (from.get() != VERSION) {
      throw new FormatException("a Welcome's statement of an unknown version");
    }
    Handshake handshake = Handshake.read(from);
    boolean known = readKnown(from);
    long serverTimeMillis = from.getLong();
    long recoveringMillis = from.getLong();
    Optional<SignedTreeHead> head = known ? Optional.of(readHead(from)) : Optional.empty();
    List<SignedIncarnation> incarnations = readIncarnations(from);
    ByteString signature = take(from, VerifyingKey.SIGNATURE_BYTES);
    if (from.hasRemaining()) {
      throw new FormatException("bytes behind a Welcome's statement");
    }
    return checked(handshake, head, serverTimeMillis, recoveringMillis, incarnations, signature);
  }

  private static boolean readKnown(ByteBuffer from) throws FormatException {
    byte known = from.get();
    if (known != 0 && known != 1) {
      throw new FormatException("known is 0 or 1");
    }
    return known == 1;
  }

  private static SignedTreeHead readHead(ByteBuffer from) throws FormatException {
    return SignedTreeHead.parse(take(from, SignedTreeHead.BYTES));
  }

  private static List<SignedIncarnation> readIncarnations(ByteBuffer from) throws FormatException {
    int count = Byte.toUnsignedInt(take(from, 1).byteAt(0));
    requireFew(count);
    List<SignedIncarnation> incarnations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      incarnations.add(SignedIncarnation.parse(take(from, SignedIncarnation.BYTES)));
    }
    return incarnations;
  }

  private static ByteString take(ByteBuffer from, int count) throws FormatException {
    if (from.remaining() < count) {
      throw new FormatException("a Welcome's statement that is cut short");
    }
    return ByteString.copyFrom(from, count);
  }

  /** The exact bytes, {@link #MIN_BYTES} to {@link #MAX_BYTES} of them, which {@link #parse} reads. */
  public ByteString encode() {
    byte[] head = headBytes();
    byte[] begun = incarnationBytes();
    return ByteString.copyFrom(ByteBuffer.allocate(MIN_BYTES + head.length + begun.length)
        .put(VERSION)
        .put(saidBytes())
        .put(head)
        .put((byte) incarnations.size())
        .put(begun)
        .put(signature.asReadOnlyByteBuffer())
        .flip());
  }

  /** Whether the mesh said that it has the space. */
  public boolean known() {
    return signedHead.isPresent();
  }

  /**
   * Whether the handshake's notary signed this, as it stands. That the notary is the space's own is for the caller to check. Never throws on
   * hostile input.
   */
  public boolean verify() {
    return handshake
        .notary()
        .verify(SignatureContext.WELCOME, signature.toByteArray(), signedBytes());
  }

  private byte[] signedBytes() {
    return ByteBuffer.allocate(SAID_BYTES + 2 * Hash.BYTES)
        .put(saidBytes())
        .put(Hash.of(headBytes()).toByteArray())
        .put(Hash.of(incarnationBytes()).toByteArray())
        .array();
  }

  private byte[] saidBytes() {
    return ByteBuffer.allocate(SAID_BYTES)
        .put(handshake.bytes())
        .put((byte) (known() ? 1 : 0))
        .putLong(serverTimeMillis)
        .putLong(recoveringMillis)
        .array();
  }

  private byte[] headBytes() {
    return signedHead.map(SignedTreeHead::bytes).orElseGet(() -> new byte[0]);
  }

  private byte[] incarnationBytes() {
    ByteBuffer all = ByteBuffer.allocate(incarnations.size() * SignedIncarnation.BYTES);
    incarnations.forEach(signed -> all.put(signed.exact().asReadOnlyByteBuffer()));
    return all.array();
  }
}
