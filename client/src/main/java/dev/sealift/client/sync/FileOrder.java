package dev.sealift.client.sync;

import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.FileId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Puts files into an order in which each stands behind the one before it in its chain and behind those that it builds on. */
final class FileOrder {
  private FileOrder() {}

  /** Hashes name what is before, so there are no circles; each round takes one file at least. */
  static List<Handed> inOrder(List<Handed> files) {
    Set<FileId> waiting = new HashSet<>();
    files.forEach(handed -> waiting.add(handed.file().id()));
    List<Handed> left = new ArrayList<>(files);
    List<Handed> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      List<Handed> later = new ArrayList<>();
      for (Handed handed : left) {
        if (isBehindAny(handed.file().header(), waiting)) {
          later.add(handed);
        } else {
          ordered.add(handed);
          waiting.remove(handed.file().id());
        }
      }
      if (later.size() == left.size()) {
        throw new IllegalStateException("files that build on each other in a circle");
      }
      left = later;
    }
    return ordered;
  }

  private static boolean isBehindAny(FileHeader header, Set<FileId> waiting) {
    return header.previous().filter(waiting::contains).isPresent()
        || header.buildsOn().stream().map(FileDot::file).anyMatch(waiting::contains);
  }
}
