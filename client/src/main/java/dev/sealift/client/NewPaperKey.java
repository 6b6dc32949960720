package dev.sealift.client;

import dev.sealift.client.recovery.RecoveryWords;
import java.net.URI;
import java.util.List;

/**
 * A paper key that was just made: to be shown once, written down, and let go of.
 *
 * @param words nothing in the home knows them
 * @param mesh where it has to be used: it goes onto the paper too
 * @param coverage of each space of the home, by name
 */
public record NewPaperKey(RecoveryWords words, URI mesh, List<Coverage> coverage) {
  public NewPaperKey {
    coverage = List.copyOf(coverage);
  }
}
