package dev.culvert.bench.demo;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The length and SHA-256 of a body that passes by in pieces. One thread at a time. */
final class BodyDigest {
  private final @Nullable MessageDigest sha256;
  private long bytes;

  private BodyDigest(@Nullable MessageDigest sha256) {
    this.sha256 = sha256;
  }

  static BodyDigest ofSha256() {
    try {
      return new BodyDigest(MessageDigest.getInstance("SHA-256"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256, which every JDK must have", e);
    }
  }

  /** Counts bytes only, for a body whose checksum nobody reads. */
  static BodyDigest ofLength() {
    return new BodyDigest(null);
  }

  /** Borrows the buffer and leaves its indices alone. */
  void update(ByteBuf piece) {
    bytes += piece.readableBytes();
    if (sha256 != null) {
      for (ByteBuffer part : piece.nioBuffers()) {
        sha256.update(part);
      }
    }
  }

  long bytes() {
    return bytes;
  }

  /** The checksum in lower-case hex, once: asking ends the digest. */
  String sha256Hex() {
    if (sha256 == null) {
      throw new IllegalStateException("this digest counts bytes only: make it with ofSha256()");
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** What the sample app answers to an upload. */
  static String json(long bytes, String sha256Hex) {
    return "{\"bytes\":" + bytes + ",\"sha256\":\"" + sha256Hex + "\"}\n";
  }
}
