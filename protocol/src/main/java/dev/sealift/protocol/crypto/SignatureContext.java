package dev.sealift.protocol.crypto;

import java.nio.charset.StandardCharsets;

/** What a signature is for. Every signature covers the text of its context, so that none can be used as another. */
public enum SignatureContext {
  FILE_HEADER("sealift.v1 file header"),
  TREE_HEAD("sealift.v1 tree head"),
  INCARNATION("sealift.v1 incarnation"),
  CONNECT_DEVICE("sealift.v1 connect device"),
  CONNECT_NOTARY("sealift.v1 connect notary"),
  CONNECT_INVITATION("sealift.v1 connect invitation"),
  WELCOME("sealift.v1 welcome"),
  JOIN("sealift.v1 join"),
  ADMISSION_TOKEN("sealift.v1 admission token"),
  ADMISSION_GRANT("sealift.v1 admission grant"),
  EVIDENCE("sealift.v1 evidence"),
  POSITION("sealift.v1 position");

  private final byte[] prefix;

  SignatureContext(String text) {
    this.prefix = (text + '\0').getBytes(StandardCharsets.US_ASCII);
  }

  /** The bytes to sign: the context's text, a zero byte, the parts one after another. */
  byte[] message(byte[]... parts) {
    int length = prefix.length;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] message = new byte[length];
    System.arraycopy(prefix, 0, message, 0, prefix.length);
    int at = prefix.length;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, message, at, part.length);
      at += part.length;
    }
    return message;
  }
}
