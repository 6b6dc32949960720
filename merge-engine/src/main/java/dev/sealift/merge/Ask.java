package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.proto.Restoration;
import java.util.List;
import java.util.Optional;

/** Something a gateway asked about one space. Answered exactly once, by its id. */
sealed interface Ask {
  long id();

  SpaceId space();

  DeviceId device();

  /** The engine's step at which it came; see {@link Slot#isConfirmedSince}. */
  long arrivedAt();

  /** How many files it counts for in the bound on what is pending. */
  int files();

  int headerBytes();

  /** May these files enter the log? */
  record Admit(
      long id,
      SpaceId space,
      DeviceId device,
      List<Candidate> candidates,
      ByteString token,
      Optional<Restoration> restoration,
      long arrivedAt,
      int lostCommits)
      implements Ask {
    static Admit of(long id, AdmitRequest request, long arrivedAt) throws FormatException {
      int files = request.getFilesCount();
      if (files < 1 || files > Limits.MAX_PUT_FILES) {
        throw new FormatException("a request admits 1 to " + Limits.MAX_PUT_FILES + " files");
      }
      if (request.getAdmissionToken().size() > Limits.MAX_ADMISSION_TOKEN_BYTES) {
        throw new FormatException("an admission token is beyond the limit");
      }
      for (AdmitFile file : request.getFilesList()) {
        if (file.getSignedHeader().size() > Limits.MAX_SIGNED_HEADER_BYTES) {
          throw new FormatException("a signed header is beyond the limit");
        }
      }
      return new Admit(
          id,
          SpaceId.parse(request.getSpace()),
          DeviceId.parse(request.getDevice()),
          request.getFilesList().stream().map(Candidate::of).toList(),
          request.getAdmissionToken(),
          request.hasRestoration() ? Optional.of(request.getRestoration()) : Optional.empty(),
          arrivedAt,
          0);
    }

    @Override
    public int files() {
      return candidates.size();
    }

    @Override
    public int headerBytes() {
      return candidates.stream().mapToInt(Candidate::headerBytes).sum();
    }

    /** Whether every file has a place in its chain that is taken: it gets an earlier receipt, or loses to another file. */
    boolean isRepeat(SpaceView view) {
      return candidates.stream()
          .allMatch(candidate -> candidate
              .header()
              .map(file -> file.header())
              .filter(
                  header -> header.counter() <= view.chainHead(header.device()).counter())
              .isPresent());
    }

    /** Headers and payloads. */
    long bytes() {
      return candidates.stream().mapToLong(Candidate::bytes).sum();
    }

    /** The same request after a commit that did not come true for it. */
    Admit afterLostCommit() {
      return new Admit(
          id, space, device, candidates, token, restoration, arrivedAt, lostCommits + 1);
    }
  }

  /** May this device connect, and where does its chain end? */
  record Authorize(
      long id, SpaceId space, DeviceId device, Optional<VerifyingKey> invitation, long arrivedAt)
      implements Ask {
    static Authorize of(long id, AuthorizeRequest request, long arrivedAt) throws FormatException {
      return new Authorize(
          id,
          SpaceId.parse(request.getSpace()),
          DeviceId.parse(request.getDevice()),
          request.getInvitation().isEmpty()
              ? Optional.empty()
              : Optional.of(VerifyingKey.parse(request.getInvitation())),
          arrivedAt);
    }

    @Override
    public int files() {
      return 1;
    }

    @Override
    public int headerBytes() {
      return 0;
    }
  }
}
