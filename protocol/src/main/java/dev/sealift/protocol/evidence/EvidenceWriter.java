package dev.sealift.protocol.evidence;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.proto.Files;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a file of evidence:
 *
 * <pre>
 * "sealift evidence" ‖ version, u32: 1 ‖ length of body and signature, u32 ‖ EvidenceBody ‖ signature (64)
 * ‖ for each frame of the log, from the first file on: length, u32 ‖ Files
 * </pre>
 *
 * <p>For one thread. Does not close what it writes to.
 */
public final class EvidenceWriter {
  static final int VERSION = 1;
  private static final String MAGIC = "sealift evidence";

  private final DataOutputStream out;

  /** Writes what it is evidence of. */
  public EvidenceWriter(OutputStream out, Evidence evidence, SigningKey reporterKey)
      throws IOException {
    this(out, evidence.sign(reporterKey));
  }

  /** Writes what was signed before, by {@link Evidence#sign}. */
  public EvidenceWriter(OutputStream out, ByteString signed) throws IOException {
    this.out = new DataOutputStream(out);
    this.out.write(magic());
    this.out.writeInt(VERSION);
    write(signed);
  }

  static byte[] magic() {
    return MAGIC.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes the next files of the log, as a mesh sends them. */
  public void add(Files frame) throws IOException {
    write(frame.toByteString());
  }

  private void write(ByteString bytes) throws IOException {
    out.writeInt(bytes.size());
    bytes.writeTo(out);
  }

  /** Hands on what was written. */
  public void flush() throws IOException {
    out.flush();
  }
}
