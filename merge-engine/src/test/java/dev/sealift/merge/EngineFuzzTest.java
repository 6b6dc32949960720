package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Requests from gateways that pass on what anybody sends: each gets one answer, and the log stays what the laws say. */
class EngineFuzzTest {
  private static final int MOST_STEPS = 25;
  private static final int MOST_BYTES = 400;
  private static final long FIRST_ID = 1_000_000;

  @FuzzTest
  void candidate(byte[] bytes) {
    AdmitFile file;
    try {
      file = AdmitFile.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      file = AdmitFile.newBuilder().setSignedHeader(ByteString.copyFrom(bytes)).build();
    }
    Candidate candidate = Candidate.of(file);
    assertThat(candidate.header().isEmpty()).isEqualTo(candidate.flaw().getNumber() != 0);
    assertThat(candidate.bytes()).isGreaterThanOrEqualTo(candidate.headerBytes());
    AdmitFile exact = file;
    candidate
        .header()
        .ifPresent(header -> assertThat(header.byteString()).isEqualTo(exact.getSignedHeader()));
  }

  @FuzzTest
  void requests(FuzzedDataProvider data) {
    new Course(data).run();
  }

  private static final class Course {
    private final FuzzedDataProvider data;
    private final World world = new World();
    private final CoreHarness core = world.core;
    private final Author anna = world.member("anna", Role.ROLE_WRITER);
    private final Map<Long, List<AdmitFile>> admits = new HashMap<>();
    private final List<Long> authorizes = new ArrayList<>();
    private long lastId = FIRST_ID;

    Course(FuzzedDataProvider data) {
      this.data = data;
    }

    void run() {
      for (int i = 0; i < MOST_STEPS && data.remainingBytes() > 0; i++) {
        switch (data.consumeInt(0, 6)) {
          case 0 -> admit(any(AdmitRequest.newBuilder()));
          case 1, 2, 3 -> admit(addressed());
          case 4 -> authorize();
          case 5 -> core.step(data.pickValue(CoreHarness.Fate.values()));
          default -> core.nowMillis += data.consumeInt(0, 10_000);
        }
      }
      core.settle();
      requireAnswers();
      requireLaws();
    }

    private void admit(AdmitRequest request) {
      admits.put(++lastId, request.getFilesList());
      core.engine.admit(lastId, request, core.nowMillis);
    }

    private void authorize() {
      AuthorizeRequest request = any(AuthorizeRequest.newBuilder()
          .setSpace(world.space.byteString())
          .setDevice(anna.id().byteString()));
      authorizes.add(++lastId);
      core.engine.authorize(lastId, request, core.nowMillis);
    }

    private AdmitRequest addressed() {
      Author author = data.consumeBoolean() ? anna : world.owner;
      AdmitRequest.Builder request = AdmitRequest.newBuilder()
          .setSpace(world.space.byteString())
          .setDevice(author.id().byteString());
      for (int files = data.consumeInt(0, 3); files > 0; files--) {
        request.addFiles(file(author));
      }
      return data.consumeInt(0, 7) == 0 ? any(request) : request.build();
    }

    /** The next of the author's chain, with what bytes say besides: before it is signed, or after. */
    private AdmitFile file(Author author) {
      Upload good = author.draft(world.space, world.seenNewest());
      switch (data.consumeInt(0, 3)) {
        case 0 -> {
          author.goOnFrom(good);
          return good.admitFile();
        }
        case 1 -> {
          return any(good.admitFile().toBuilder());
        }
        default -> {
          return twisted(author, good);
        }
      }
    }

    private AdmitFile twisted(Author author, Upload good) {
      try {
        HeaderBody.Builder body = HeaderBody.parseFrom(good.header().associatedData()).toBuilder();
        byte[] twist = data.consumeBytes(MOST_BYTES);
        body.mergeFrom(twist);
        SignedHeader header =
            SignedHeader.sign(body.build(), good.payload().toByteArray(), author.key());
        return new Upload(header, good.payload()).admitFile();
      } catch (InvalidProtocolBufferException | FormatException e) {
        return good.admitFile();
      }
    }

    /** With what bytes say besides, as far as they say anything. */
    @SuppressWarnings("unchecked")
    private <T extends Message> T any(Message.Builder builder) {
      try {
        builder.mergeFrom(data.consumeBytes(MOST_BYTES));
      } catch (InvalidProtocolBufferException e) {
        // as far as it went
      }
      return (T) builder.build();
    }

    private void requireAnswers() {
      admits.forEach((id, files) -> {
        AdmitReply reply = core.admitReplies.get(id);
        assertThat(reply != null).isNotEqualTo(core.failures.containsKey(id));
        if (reply != null) {
          assertThat(reply.getOutcomesCount()).isEqualTo(files.size());
        }
      });
      for (long id : authorizes) {
        assertThat(core.authorizeReplies.containsKey(id))
            .isNotEqualTo(core.failures.containsKey(id));
      }
    }

    private void requireLaws() {
      long time = 0;
      Map<ByteString, Long> counters = new HashMap<>();
      for (CommitFile file : world.log()) {
        assertThat(file.getServerTimeMillis()).as("server times rise").isGreaterThan(time);
        time = file.getServerTimeMillis();
        Long before = counters.put(file.getDevice(), file.getCounter());
        assertThat(file.getCounter())
            .as("chains are dense")
            .isEqualTo(before == null ? 1 : before + 1);
      }
    }
  }
}
