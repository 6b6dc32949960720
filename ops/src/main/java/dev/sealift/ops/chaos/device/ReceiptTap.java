package dev.sealift.ops.chaos.device;

import com.google.protobuf.ByteString;
import dev.sealift.ops.chaos.verdict.Evidence.Receipted;
import dev.sealift.ops.chaos.verdict.Evidence.SeenHead;
import dev.sealift.ops.chaos.verdict.Notes;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Notes down each receipt of a connection with the file that it is for, and each signed head that was not seen before. */
final class ReceiptTap implements Tap {
  private final String space;
  private final Notebook notebook;
  private final Map<Long, String> heads;
  private final Map<Long, List<String>> underWay = new ConcurrentHashMap<>();

  /**
   * For one connection.
   *
   * @param heads by size, the roots that were noted already: of all connections of this space here
   */
  ReceiptTap(String space, Notebook notebook, Map<Long, String> heads) {
    this.space = space;
    this.notebook = notebook;
    this.heads = heads;
  }

  @Override
  public void sent(Frame frame) {
    if (frame.hasPut()) {
      underWay.put(frame.getPut().getRequest(), files(frame.getPut()));
    }
  }

  private static List<String> files(Put put) {
    return put.getFilesList().stream().map(file -> id(file.getSignedHeader())).toList();
  }

  private static String id(ByteString header) {
    try {
      return SignedHeader.parse(header).id().toString();
    } catch (FormatException e) {
      throw new IllegalStateException("a client sent what is no header", e);
    }
  }

  @Override
  public void received(Frame frame) {
    switch (frame.getBodyCase()) {
      case PUT_RESULT -> {
        receipts(frame.getPutResult());
        head(frame.getPutResult().getSignedHead());
      }
      case FILES -> head(frame.getFiles().getSignedHead());
      case ADVANCED -> head(frame.getAdvanced().getSignedHead());
      case WELCOME -> head(frame.getWelcome().getSignedHead());
      default -> {
        // Nothing in it is a promise.
      }
    }
  }

  private void receipts(PutResult result) {
    List<String> files = underWay.remove(result.getRequest());
    if (files == null || files.size() != result.getOutcomesCount()) {
      return; // an answer to nothing: the client names it
    }
    for (int i = 0; i < files.size(); i++) {
      Outcome outcome = result.getOutcomes(i);
      if (outcome.hasReceipt()) {
        notebook.note(Notes.of(new Receipted(
            space,
            files.get(i),
            outcome.getReceipt().getSequence(),
            outcome.getReceipt().getServerTimeMillis())));
      }
    }
  }

  private void head(ByteString signed) {
    if (signed.isEmpty()) {
      return;
    }
    try {
      TreeHead head = SignedTreeHead.parse(signed).head();
      String root = head.root().toString();
      if (!root.equals(heads.put(head.size(), root))) {
        notebook.note(Notes.of(new SeenHead(space, head.size(), root)));
      }
    } catch (FormatException e) {
      // No head: the client names it.
    }
  }
}
