package dev.sealift.client;

import java.io.IOException;
import java.nio.file.Path;

/** A process of its own that has a home open until it is killed. */
final class HomeHolder {
  static final String OPEN = "open";

  private HomeHolder() {}

  public static void main(String[] arguments) throws IOException {
    Sealift sealift = Sealift.open(Path.of(arguments[0]));
    System.out.println(OPEN);
    int ended = System.in.read();
    sealift.close();
    System.exit(ended);
  }
}
