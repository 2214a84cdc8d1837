package dev.culvert.bench.e2e;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * A ClientHello of one's own making, for what no TLS library would offer any more (RFC 8446,
 * section 4.1.2). Immutable.
 *
 * @param version what the message itself calls its version
 * @param suites the cipher suites it offers
 * @param compressions the compression methods it offers
 * @param versions the versions in the extension that newer clients have; none for older ones
 * @param protocols what it offers by ALPN; none to leave that out
 */
record RawHello(
    int version,
    List<Integer> suites,
    List<Integer> compressions,
    List<Integer> versions,
    List<String> protocols) {
  static final int SSL_3 = 0x0300;
  static final int TLS_1_0 = 0x0301;
  static final int TLS_1_1 = 0x0302;
  static final int TLS_1_2 = 0x0303;
  static final int TLS_1_3 = 0x0304;

  private static final int HANDSHAKE = 22;
  private static final int PATIENCE_MILLIS = 20_000;

  /** A client of {@code version} and nothing newer. */
  static RawHello of(int version, Integer... suites) {
    return new RawHello(
        Math.min(version, TLS_1_2),
        List.of(suites),
        List.of(0),
        version == TLS_1_3 ? List.of(TLS_1_3) : List.of(),
        List.of());
  }

  RawHello offering(String... names) {
    return new RawHello(version, suites, compressions, versions, List.of(names));
  }

  RawHello compressing(Integer... methods) {
    return new RawHello(version, suites, List.of(methods), versions, protocols);
  }

  RawHello withVersions(Integer... offered) {
    return new RawHello(version, suites, compressions, List.of(offered), protocols);
  }

  /** What the server says to it first. */
  RawAnswer sendTo(InetSocketAddress server) throws IOException {
    return send(server, record());
  }

  /** What the server says first to bytes that may be anything. */
  static RawAnswer send(InetSocketAddress server, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(bytes);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int type = in.readUnsignedByte();
      in.readUnsignedShort();
      byte[] content = new byte[in.readUnsignedShort()];
      in.readFully(content);
      return RawAnswer.read(type, content);
    } catch (EOFException | SocketException e) {
      return RawAnswer.CLOSED;
    }
  }

  private byte[] record() {
    byte[] message = message();
    return ByteBuffer.allocate(5 + 4 + message.length)
        .put((byte) HANDSHAKE)
        .putShort((short) Math.min(version, TLS_1_0))
        .putShort((short) (4 + message.length))
        .putInt((1 << 24) | message.length)
        .put(message)
        .array();
  }

  private byte[] message() {
    byte[] random = new byte[32];
    new Random(version).nextBytes(random);
    Bytes out = new Bytes();
    out.u16(version).bytes(random).u8(0);
    out.u16(2 * suites.size());
    suites.forEach(out::u16);
    out.u8(compressions.size());
    compressions.forEach(out::u8);
    if (version > SSL_3) {
      byte[] extensions = extensions(random);
      out.u16(extensions.length).bytes(extensions);
    }
    return out.array();
  }

  private byte[] extensions(byte[] keyShare) {
    Bytes out = new Bytes();
    out.extension(10, new Bytes().u16(6).u16(29).u16(23).u16(24)); // x25519, P-256, P-384
    out.extension(11, new Bytes().u8(1).u8(0)); // uncompressed points
    Bytes signatures = new Bytes().u16(16);
    for (int scheme : new int[] {0x403, 0x503, 0x804, 0x805, 0x401, 0x501, 0x203, 0x201}) {
      signatures.u16(scheme);
    }
    out.extension(13, signatures);
    out.extension(0xff01, new Bytes().u8(0)); // secure renegotiation
    if (!protocols.isEmpty()) {
      Bytes names = new Bytes();
      for (String name : protocols) {
        names.u8(name.length()).bytes(name.getBytes(StandardCharsets.US_ASCII));
      }
      out.extension(16, new Bytes().u16(names.array().length).bytes(names.array()));
    }
    if (!versions.isEmpty()) {
      Bytes offered = new Bytes().u8(2 * versions.size());
      versions.forEach(offered::u16);
      out.extension(43, offered);
      out.extension(51, new Bytes().u16(36).u16(29).u16(32).bytes(keyShare));
    }
    return out.array();
  }

  /** Numbers in network order, one behind the other. */
  private static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes u8(int value) {
      out.write(value);
      return this;
    }

    Bytes u16(int value) {
      out.write(value >> 8);
      out.write(value);
      return this;
    }

    Bytes bytes(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    void extension(int type, Bytes body) {
      u16(type).u16(body.array().length).bytes(body.array());
    }

    byte[] array() {
      return out.toByteArray();
    }
  }
}
