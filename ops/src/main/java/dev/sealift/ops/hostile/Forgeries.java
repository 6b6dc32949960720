package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.AUTHOR_NOT_A_MEMBER;
import static dev.sealift.client.sync.Violation.BUILDS_ON_MISSING;
import static dev.sealift.client.sync.Violation.CHAIN_BROKEN;
import static dev.sealift.client.sync.Violation.EPOCH_BROKEN;
import static dev.sealift.client.sync.Violation.FILE_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.SEEN_ANOTHER_LOG;
import static dev.sealift.client.sync.Violation.TIME_BROKEN;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_BAD_ATTESTATION;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_BAD_SIGNATURE;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_BAD_SUPERSEDE;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_BUILDS_ON_MISSING;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_CHAIN_GAP;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_CLOCK_AHEAD;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_COUNTER_TAKEN;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_EPOCH_TOO_OLD;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_MALFORMED;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_NOT_A_MEMBER;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_WRONG_PREVIOUS;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_WRONG_SPACE;
import static dev.sealift.protocol.proto.Role.ROLE_OWNER;
import static dev.sealift.protocol.proto.Role.ROLE_READER;
import static dev.sealift.protocol.proto.Role.ROLE_WRITER;

import com.google.protobuf.ByteString;
import dev.sealift.client.sync.Violation;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.SequenceRange;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Files with a forged header: of signatures, chains, clocks, keys and what they supersede. */
final class Forgeries {
  /** Far beyond any space's clock bound. */
  private static final long FAR_MILLIS = 3_600_000;

  /** Of the group of Ed25519. */
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  private Forgeries() {}

  /** All, those of members among them. */
  static List<Forgery> all() {
    return Stream.of(
            signatures(), chains(), clocks(), views(), keys(), compactions(), MemberForgeries.all())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Forgery> signatures() {
    return List.of(
        forgery(
            "strangers-file-admitted",
            "what somebody wrote who is not in the space",
            ROLE_WRITER,
            REFUSAL_CODE_NOT_A_MEMBER,
            AUTHOR_NOT_A_MEMBER,
            plot -> plot.write(plot.stranger(), body -> {})),
        forgery(
            "signed-by-another",
            "a file in another's name",
            ROLE_WRITER,
            REFUSAL_CODE_BAD_SIGNATURE,
            FILE_NOT_SIGNED,
            plot -> plot.events(body -> asFounder(plot, body))),
        forgery(
            "unsigned-file-admitted",
            "a file whose signature is not its author's",
            ROLE_WRITER,
            REFUSAL_CODE_BAD_SIGNATURE,
            FILE_NOT_SIGNED,
            plot -> plot.events(body -> {}).flipped(1)),
        forgery(
            "signed-by-nobody",
            "a file with zeros for a signature",
            ROLE_WRITER,
            REFUSAL_CODE_BAD_SIGNATURE,
            FILE_NOT_SIGNED,
            plot -> signed(plot.events(body -> {}), new byte[VerifyingKey.SIGNATURE_BYTES])),
        forgery(
            "signed-for-another-use",
            "a file that is signed as a join is",
            ROLE_WRITER,
            REFUSAL_CODE_BAD_SIGNATURE,
            FILE_NOT_SIGNED,
            plot -> {
              ByteString payload = plot.byteString(9);
              ByteString body = body(plot).build().toByteString();
              return plot.attacker().sign(body, payload, SignatureContext.JOIN);
            }),
        forgery(
            "signed-over-other-bytes",
            "a file that was altered behind its signing",
            ROLE_WRITER,
            REFUSAL_CODE_BAD_SIGNATURE,
            FILE_NOT_SIGNED,
            plot -> {
              ByteString payload = plot.byteString(9);
              HeaderBody.Builder body = body(plot);
              Pen.Written first = plot.attacker().sign(body, payload);
              Pen.Written other = plot.attacker()
                  .sign(body.setSalt(plot.byteString(FileHeader.SALT_BYTES)), payload);
              return signed(other, signature(first));
            }),
        forgery(
            "signature-made-again",
            "a file with its author's signature in another form, that anybody can give it",
            ROLE_WRITER,
            REFUSAL_CODE_BAD_SIGNATURE,
            FILE_NOT_SIGNED,
            plot -> {
              Pen.Written file = plot.events(body -> {});
              return signed(file, beyondTheOrder(signature(file)));
            }));
  }

  private static HeaderBody.Builder body(Plot plot) {
    return plot.attacker().body(plot.log(), plot.nowMillis()).setSeen(plot.seen());
  }

  /** The founder's next, in all but the signature. */
  private static void asFounder(Plot plot, HeaderBody.Builder body) {
    body.setDevice(plot.founder().id().byteString());
    Pen.follow(body, plot.log().lastOf(plot.founder().id()).orElseThrow());
  }

  private static byte[] signature(Pen.Written file) {
    int at = file.header().size() - VerifyingKey.SIGNATURE_BYTES;
    return file.header().substring(at).toByteArray();
  }

  private static Pen.Written signed(Pen.Written file, byte[] signature) {
    int at = file.header().size() - VerifyingKey.SIGNATURE_BYTES;
    return new Pen.Written(
        file.header().substring(0, at).concat(ByteString.copyFrom(signature)), file.payload());
  }

  /** S + L for S, which solves the same equation. */
  private static byte[] beyondTheOrder(byte[] signature) {
    byte[] other = signature.clone();
    byte[] bigEndian = new byte[VerifyingKey.BYTES];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = signature[signature.length - 1 - i];
    }
    BigInteger s = new BigInteger(1, bigEndian).add(ORDER);
    for (int i = 0; i < VerifyingKey.BYTES; i++) {
      other[VerifyingKey.BYTES + i] = s.shiftRight(8 * i).byteValue();
    }
    return other;
  }

  // Chains

  private static List<Forgery> chains() {
    return List.of(
        chain(
            "chain-begun-anew",
            "a first file of somebody who has written before",
            REFUSAL_CODE_COUNTER_TAKEN,
            (plot, body) -> body.setCounter(1).clearPrevious()),
        chain(
            "chain-with-a-gap",
            "a file whose number is too high",
            REFUSAL_CODE_CHAIN_GAP,
            (plot, body) -> body.setCounter(body.getCounter() + 1)),
        chain(
            "chain-at-its-end",
            "a file with the highest number there is, behind which nothing comes",
            REFUSAL_CODE_CHAIN_GAP,
            (plot, body) -> body.setCounter(Limits.MAX_SEQUENCE - 1)),
        chain(
            "chain-from-another-file",
            "a file that follows one that is not in the log",
            REFUSAL_CODE_WRONG_PREVIOUS,
            (plot, body) -> body.setPrevious(plot.byteString(Hash.BYTES))),
        chain(
            "chain-of-somebody-else",
            "a file that goes on from another's",
            REFUSAL_CODE_WRONG_PREVIOUS,
            (plot, body) -> body.setPrevious(
                plot.log().lastOf(plot.other().id()).orElseThrow().id().byteString())),
        chain(
            "chain-forked",
            "a second file in the place of an older one",
            REFUSAL_CODE_COUNTER_TAKEN,
            (plot, body) ->
                Pen.follow(body, plot.log().upTo(1).lastOf(plot.founder().id()).orElseThrow())));
  }

  private interface Twist {
    void on(Plot plot, HeaderBody.Builder body);
  }

  private static Forgery chain(String name, String what, RefusalCode refused, Twist twist) {
    return twisted(name, what, ROLE_OWNER, refused, CHAIN_BROKEN, twist);
  }

  private static Forgery twisted(
      String name, String what, Role by, RefusalCode refused, Violation named, Twist twist) {
    return forgery(
        name, what, by, refused, named, plot -> plot.events(body -> twist.on(plot, body)));
  }

  // Clocks

  private static List<Forgery> clocks() {
    return List.of(
        twisted(
            "file-from-the-future",
            "a file from beyond the clock bound",
            ROLE_WRITER,
            REFUSAL_CODE_CLOCK_AHEAD,
            TIME_BROKEN,
            (plot, body) -> body.setHybridTime(
                HybridTime.of(plot.nowMillis() + FAR_MILLIS, 0).bits())),
        twisted(
            "file-from-the-end-of-time",
            "a file with the highest time there is",
            ROLE_WRITER,
            REFUSAL_CODE_CLOCK_AHEAD,
            TIME_BROKEN,
            (plot, body) -> body.setHybridTime(-1)));
  }

  // What an author has seen

  private static List<Forgery> views() {
    return List.of(
        twisted(
            "author-saw-another-log",
            "a file whose author was shown another log",
            ROLE_OWNER,
            REFUSAL_CODE_UNKNOWN_HEAD,
            SEEN_ANOTHER_LOG,
            (plot, body) -> body.setSeen(Pen.seen(HeadLies.fork(plot.stage(), 1, 1)))),
        twisted(
            "author-saw-the-future",
            "a file whose author has seen more than there is",
            ROLE_OWNER,
            REFUSAL_CODE_UNKNOWN_HEAD,
            SEEN_ANOTHER_LOG,
            (plot, body) -> body.setSeen(Pen.seen(HeadLies.grown(plot.stage(), 1)))),
        twisted(
            "built-on-nothing",
            "a file that builds on one that is not there",
            ROLE_OWNER,
            REFUSAL_CODE_BUILDS_ON_MISSING,
            BUILDS_ON_MISSING,
            (plot, body) -> body.addBuildsOn(Dot.newBuilder()
                .setDevice(plot.other().id().byteString())
                .setCounter(999)
                .setFile(plot.byteString(Hash.BYTES)))),
        twisted(
            "built-on-too-much",
            "a file that builds on more than others there can be",
            ROLE_WRITER,
            REFUSAL_CODE_MALFORMED,
            LOG_ALTERED,
            (plot, body) -> {
              for (int i = 0; i <= Limits.MAX_BUILDS_ON; i++) {
                body.addBuildsOn(Dot.newBuilder()
                    .setDevice(plot.byteString(Hash.BYTES))
                    .setCounter(1)
                    .setFile(plot.byteString(Hash.BYTES)));
              }
            }),
        twisted(
            "file-of-another-space-admitted",
            "a file of another space",
            ROLE_OWNER,
            REFUSAL_CODE_WRONG_SPACE,
            LOG_ALTERED,
            (plot, body) -> body.setSpace(HeadLies.another(plot.stage()).byteString())));
  }

  // Keys

  private static List<Forgery> keys() {
    return List.of(
        twisted(
            "another-key-admitted",
            "a file that is sealed under a key of no epoch of the space",
            ROLE_OWNER,
            REFUSAL_CODE_EPOCH_TOO_OLD,
            EPOCH_BROKEN,
            (plot, body) -> body.setEpoch(2).setKeyId(plot.byteString(FileHeader.KEY_ID_BYTES))),
        twisted(
            "second-key-of-an-epoch",
            "a file that names a key which is not its epoch's",
            ROLE_WRITER,
            REFUSAL_CODE_EPOCH_TOO_OLD,
            EPOCH_BROKEN,
            (plot, body) -> {
              MemberForgeries.rotate(plot);
              body.setEpoch(2).setKeyId(plot.byteString(FileHeader.KEY_ID_BYTES));
            }),
        twisted(
            "key-of-before",
            "a file that is sealed under the key of before somebody was removed",
            ROLE_WRITER,
            REFUSAL_CODE_EPOCH_TOO_OLD,
            EPOCH_BROKEN,
            (plot, body) -> MemberForgeries.rotate(plot)));
  }

  // Compactions

  private static List<Forgery> compactions() {
    return List.of(
        twisted(
            "compaction-by-a-reader",
            "a compaction by who may only read",
            ROLE_READER,
            REFUSAL_CODE_NOT_A_MEMBER,
            AUTHOR_NOT_A_MEMBER,
            (plot, body) -> compaction(plot, body, 1, 1)),
        twisted(
            "compaction-of-what-is-to-come",
            "a compaction of files that are not there yet",
            ROLE_WRITER,
            REFUSAL_CODE_UNKNOWN_HEAD,
            SEEN_ANOTHER_LOG,
            (plot, body) -> {
              compaction(plot, body, 1, 1);
              long last = body.getSeen().getSequence() + 9;
              body.getSeenBuilder().setSequence(last);
              body.setSupersedes(0, range(1, last));
            }),
        twisted(
            "compaction-beyond-its-base",
            "a compaction that does not end at its base",
            ROLE_WRITER,
            REFUSAL_CODE_MALFORMED,
            LOG_ALTERED,
            (plot, body) -> compaction(plot, body, 1, 1)
                .setSupersedes(0, range(1, body.getSeen().getSequence() + 1))),
        twisted(
            "compaction-of-overlapping-ranges",
            "a compaction of two ranges that overlap",
            ROLE_WRITER,
            REFUSAL_CODE_MALFORMED,
            LOG_ALTERED,
            (plot, body) -> compaction(plot, body, 1, 1)
                .addSupersedes(range(1, body.getSeen().getSequence()))),
        twisted(
            "compaction-turned-round",
            "a compaction whose range ends before it begins",
            ROLE_WRITER,
            REFUSAL_CODE_MALFORMED,
            LOG_ALTERED,
            (plot, body) -> compaction(plot, body, 1, 1)
                .setSupersedes(
                    0, range(body.getSeen().getSequence() + 1, body.getSeen().getSequence()))),
        twisted(
            "events-that-supersede",
            "events that claim to stand for others' files",
            ROLE_WRITER,
            REFUSAL_CODE_MALFORMED,
            LOG_ALTERED,
            (plot, body) -> body.addSupersedes(range(1, body.getSeen().getSequence()))),
        new Forgery(
            "compaction-without-its-beginning",
            "the second part of a compaction that has no first",
            ROLE_WRITER,
            REFUSAL_CODE_BAD_SUPERSEDE,
            Optional.empty(),
            plot -> plot.last(plot.events(body -> compaction(plot, body, 2, 2)))),
        twisted(
            "compaction-of-too-many-parts",
            "a compaction of more parts than there can be",
            ROLE_WRITER,
            REFUSAL_CODE_MALFORMED,
            LOG_ALTERED,
            (plot, body) -> compaction(plot, body, 1, Limits.MAX_COMPACTION_PARTS + 1)),
        new Forgery(
            "attestation-of-nothing",
            "an attestation of a compaction that is not there",
            ROLE_WRITER,
            REFUSAL_CODE_BAD_ATTESTATION,
            Optional.empty(),
            plot -> plot.last(attestation(plot))),
        forgery(
            "attestation-by-a-reader",
            "an attestation by who may only read",
            ROLE_READER,
            REFUSAL_CODE_NOT_A_MEMBER,
            AUTHOR_NOT_A_MEMBER,
            Forgeries::attestation));
  }

  private static HeaderBody.Builder compaction(
      Plot plot, HeaderBody.Builder body, int part, int parts) {
    return body.setKind(FileKind.FILE_KIND_COMPACTION)
        .setGeneration(1)
        .addSupersedes(range(1, plot.seen().getSequence()))
        .setPart(part)
        .setParts(parts);
  }

  private static SequenceRange range(long first, long last) {
    return SequenceRange.newBuilder().setFirst(first).setLast(last).build();
  }

  private static Pen.Written attestation(Plot plot) {
    return plot.events(body -> body.setKind(FileKind.FILE_KIND_ATTESTATION)
        .addAttestations(Attestation.newBuilder()
            .setCompaction(plot.byteString(Hash.BYTES))
            .setVerdict(AttestationVerdict.ATTESTATION_VERDICT_CONTESTED)));
  }

  static Forgery forgery(
      String name,
      String what,
      Role by,
      RefusalCode refused,
      Violation named,
      Function<Plot, Pen.Written> made) {
    Consumer<Plot> plot = whole -> whole.last(made.apply(whole));
    return new Forgery(name, what, by, refused, Optional.of(named), plot);
  }
}
