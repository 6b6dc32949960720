package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.merge.CoreHarness.Fate;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Random histories: good, bad, repeated and shuffled files of several devices, through one engine or
 * two at once, with a clock that jumps and a store that loses requests and replies. Whatever happens,
 * the log is what the laws say.
 */
class AdmissionProperties {

  @Property(tries = 60)
  void whateverComesTheLogIsDenseItsTimesRiseAndReceiptsNeverChange(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int requests) {
    new History(seed, 1, 0).run(requests);
  }

  @Property(tries = 60)
  void twoEnginesAtOnceAndAStoreThatFailsLoseAndDoubleNothing(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int requests) {
    new History(seed, 2, 15).run(requests);
  }

  /** A request until it is answered, and again until every good file in it has its receipt. */
  private record Sent(int engine, long id, Author author, Upload[] uploads) {}

  private static final class History {
    private final Random random;
    private final int failuresInHundred;
    private final World world;
    private final List<CoreHarness> engines = new ArrayList<>();
    private final List<Author> authors = new ArrayList<>();
    private final Map<Author, List<Upload>> chains = new HashMap<>();
    private final List<Sent> open = new ArrayList<>();
    private final Map<ByteString, Receipt> receipts = new HashMap<>();
    private final Set<ByteString> bad = new HashSet<>();

    History(long seed, int engineCount, int failuresInHundred) {
      this.random = new Random(seed);
      this.failuresInHundred = failuresInHundred;
      this.world = new World();
      engines.add(world.core);
      for (int i = 1; i < engineCount; i++) {
        engines.add(new CoreHarness(world.core.store, EngineLimits.DEFAULT));
      }
      authors.add(world.owner);
      authors.add(world.member("anna", Role.ROLE_WRITER));
      authors.add(world.member("ben", Role.ROLE_WRITER));
      authors.forEach(author -> chains.put(author, new ArrayList<>()));
    }

    void run(int requests) {
      for (int i = 0; i < requests; i++) {
        send();
        wander();
      }
      finish();
      assertLaws();
    }

    private void send() {
      Author author = authors.get(random.nextInt(authors.size()));
      List<Upload> uploads = new ArrayList<>();
      int files = 1 + random.nextInt(5);
      for (int i = 0; i < files; i++) {
        uploads.add(upload(author));
      }
      if (random.nextInt(5) == 0) {
        Collections.shuffle(uploads, random);
      }
      send(author, uploads.toArray(new Upload[0]));
    }

    private Upload upload(Author author) {
      List<Upload> chain = chains.get(author);
      int kind = random.nextInt(10);
      if (kind < 2 && !chain.isEmpty()) {
        return chain.get(random.nextInt(chain.size()));
      }
      if (kind < 4) {
        return bad(author);
      }
      Upload upload = author.next(world.space, body -> body.setSalt(salt()));
      chain.add(upload);
      return upload;
    }

    private ByteString salt() {
      byte[] salt = new byte[32];
      random.nextBytes(salt);
      return ByteString.copyFrom(salt);
    }

    /** Never to be admitted, whatever the order: none of these is good in any state. */
    private Upload bad(Author author) {
      Upload upload = switch (random.nextInt(5)) {
        case 0 -> author.draft(world.space, body -> Author.inEpoch(body.setSalt(salt()), 2));
        case 1 ->
          author.draft(
              world.space, body -> body.setSalt(salt()).setKind(FileKind.FILE_KIND_BLOB_CHUNK));
        case 2 -> author.draft(world.space, body -> body.setSalt(salt()).setHybridTime(-1));
        case 3 ->
          author.draft(
              world.space,
              body -> body.setSalt(salt())
                  .setCounter(author.counter() + 1_000)
                  .setPrevious(ByteString.copyFrom(new byte[32])));
        default ->
          new Author("forger")
              .draft(
                  world.space,
                  body -> body.setSalt(salt()).setDevice(author.id().byteString()));
      };
      bad.add(upload.header().id().byteString());
      return upload;
    }

    private void send(Author author, Upload... uploads) {
      int engine = random.nextInt(engines.size());
      long id = engines.get(engine).send(world.space, author, uploads);
      open.add(new Sent(engine, id, author, uploads));
    }

    /** Lets some engines take some steps, at times that go forth and back. */
    private void wander() {
      for (int i = random.nextInt(6); i > 0; i--) {
        CoreHarness engine = engines.get(random.nextInt(engines.size()));
        engine.nowMillis += random.nextInt(100) - 40;
        engine.step(fate());
      }
      takeReplies();
    }

    private Fate fate() {
      if (random.nextInt(100) >= failuresInHundred) {
        return Fate.ANSWERED;
      }
      return random.nextBoolean() ? Fate.REPLY_LOST : Fate.REQUEST_LOST;
    }

    private void takeReplies() {
      for (Sent sent : List.copyOf(open)) {
        AdmitReply reply = engines.get(sent.engine).admitReplies.get(sent.id);
        if (reply != null) {
          open.remove(sent);
          take(sent, reply);
        }
      }
    }

    private void take(Sent sent, AdmitReply reply) {
      world.assertReceiptsVerify(reply, sent.uploads);
      for (int i = 0; i < sent.uploads.length; i++) {
        ByteString file = sent.uploads[i].header().id().byteString();
        Outcome outcome = reply.getOutcomes(i);
        if (outcome.hasReceipt()) {
          Receipt receipt = outcome.getReceipt().toBuilder().clearPath().build();
          Receipt before = receipts.putIfAbsent(file, receipt);
          assertThat(before == null || before.equals(receipt)).as("L8").isTrue();
        } else {
          assertThat(outcome.getRefusal().getCode())
              .isNotEqualTo(RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
        }
      }
    }

    /** Every device sends its chain again, in order, until all of it is admitted. */
    private void finish() {
      engines.forEach(CoreHarness::settle);
      takeReplies();
      assertThat(open).isEmpty();
      for (Author author : authors) {
        for (Upload upload : chains.get(author)) {
          send(author, upload);
          engines.forEach(CoreHarness::settle);
          takeReplies();
        }
      }
    }

    private void assertLaws() {
      List<CommitFile> log = world.log();
      Map<ByteString, CommitFile> lastOfChain = new HashMap<>();
      Set<ByteString> files = new HashSet<>();
      long time = 0;
      for (int i = 0; i < log.size(); i++) {
        CommitFile file = log.get(i);
        assertThat(file.getServerTimeMillis()).as("server times rise").isGreaterThan(time);
        time = file.getServerTimeMillis();
        assertThat(files.add(file.getFile())).as("nothing is doubled").isTrue();
        assertThat(bad).as("a refused file leaves no trace").doesNotContain(file.getFile());
        CommitFile before = lastOfChain.put(file.getDevice(), file);
        assertThat(file.getCounter()).isEqualTo(before == null ? 1 : before.getCounter() + 1);
        Receipt receipt = receipts.get(file.getFile());
        if (receipt != null) {
          assertThat(receipt.getSequence()).as("sequences are dense").isEqualTo(i + 1L);
          assertThat(receipt.getServerTimeMillis()).isEqualTo(file.getServerTimeMillis());
        }
      }
      assertThat(files).as("nothing acknowledged is lost").containsAll(receipts.keySet());
      chains
          .values()
          .forEach(chain -> chain.forEach(
              upload -> assertThat(receipts).containsKey(upload.header().id().byteString())));
      engines.forEach(engine -> assertThat(engine.engine.pendingFiles()).isZero());
      engines.forEach(engine -> assertThat(engine.alarms).isEmpty());
    }
  }
}
