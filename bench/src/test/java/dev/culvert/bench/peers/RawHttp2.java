package dev.culvert.bench.peers;

import dev.culvert.bench.e2e.AnyServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A visitor that writes its own frames of HTTP/2 over TLS, good or bad: names and values of a head
 * go as they are, a character a byte, neither indexed nor compressed. It answers no frame.
 */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int WHOLE = END_STREAM | END_HEADERS;

  private static final int GOAWAY = 7;
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final SSLSocket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  private RawHttp2(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 16 * 1024));
  }

  private static RawHttp2 to(InetSocketAddress server, String host)
      throws IOException, GeneralSecurityException {
    Socket plain = new Socket(server.getAddress(), server.getPort());
    plain.setSoTimeout(TIMEOUT_MILLIS);
    plain.setTcpNoDelay(true);
    SSLSocket socket =
        (SSLSocket)
            AnyServer.context()
                .getSocketFactory()
                .createSocket(plain, host, server.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return new RawHttp2(socket);
  }

  /**
   * Connects, and begins with settings: pairs of a number and its value. The server's certificate
   * is not checked.
   */
  static RawHttp2 open(InetSocketAddress server, String host, int... settings)
      throws IOException, GeneralSecurityException {
    RawHttp2 visitor = to(server, host);
    visitor.out.write(PREFACE);
    visitor.settings(settings);
    return visitor;
  }

  // What goes out.

  void settings(int... settings) throws IOException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(payload);
    for (int i = 0; i < settings.length; i += 2) {
      data.writeShort(settings[i]);
      data.writeInt(settings[i + 1]);
    }
    frame(SETTINGS, 0, 0, payload.toByteArray());
  }

  /** Writes a frame, which goes out with {@link #flush}. */
  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    frameOf(payload.length, type, flags, stream, payload);
  }

  /** Writes a frame that may say another length than its own. */
  void frameOf(int length, int type, int flags, int stream, byte[] payload) throws IOException {
    out.write(length >> 16);
    out.writeShort(length);
    out.write(type);
    out.write(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  /** Writes bytes that belong to the frame before. */
  void raw(int... bytes) throws IOException {
    for (int one : bytes) {
      out.write(one);
    }
  }

  /** Writes a frame whose payload is a number. */
  void number(int type, int stream, int payload) throws IOException {
    frameOf(Integer.BYTES, type, 0, stream, new byte[0]);
    out.writeInt(payload);
  }

  /** Writes a head: {@code name=value} each. */
  void head(int stream, int flags, String... fields) throws IOException {
    frame(HEADERS, flags, stream, block(fields));
  }

  void data(int stream, int flags, String text) throws IOException {
    frame(DATA, flags, stream, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void flush() throws IOException {
    out.flush();
  }

  static String[] get(String authority, String path, String... more) {
    return Stream.concat(
            Stream.of(":method=GET", ":scheme=https", ":path=" + path, ":authority=" + authority),
            Stream.of(more))
        .toArray(String[]::new);
  }

  /** The block of a head; the first {@code =} behind a name's first character ends the name. */
  static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (String field : fields) {
      int end = field.indexOf('=');
      block.write(0); // literal, not indexed, with a new name
      text(block, field.substring(0, end));
      text(block, field.substring(end + 1));
    }
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>= 7) {
        block.write((rest & 127) | 128);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  // What comes in.

  /** A frame as it came. */
  record Frame(int type, int flags, int stream, ByteBuf payload) {
    boolean isLast() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    private int number(int at) {
      return payload.getInt(at);
    }
  }

  /** The next frame; null where the connection has ended, in whatever way. */
  @Nullable Frame read() {
    try {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      return new Frame(type, flags, stream, Unpooled.wrappedBuffer(payload));
    } catch (SocketTimeoutException e) {
      throw new AssertionError("nothing came", e);
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * What became of a stream: a status with the text behind it, such as {@code 200 ok}, {@code RST
   * PROTOCOL_ERROR}, {@code GOAWAY PROTOCOL_ERROR} where the connection is ended instead, or {@code
   * closed}. A reset behind a whole answer is not told.
   */
  String answer(int stream) {
    StringBuilder answer = new StringBuilder();
    while (true) {
      Frame frame = read();
      if (frame == null) {
        return answer + "closed";
      }
      if (frame.type == GOAWAY) {
        return answer + "GOAWAY " + error(frame.number(4));
      }
      if (frame.type == HEADERS) {
        String status = status(frame); // of every stream, as the decoder has a table
        answer.append(frame.stream == stream ? status : "");
      }
      if (frame.stream == stream) {
        if (frame.type == RST_STREAM) {
          return answer + "RST " + error(frame.number(0));
        }
        if (frame.type == DATA) {
          answer.append(frame.payload.toString(StandardCharsets.ISO_8859_1));
        }
        if (frame.isLast()) {
          return answer.toString();
        }
      }
    }
  }

  /** How the server ends the connection: {@code GOAWAY} with an error, or {@code closed}. */
  String end() {
    return answer(Integer.MAX_VALUE);
  }

  private String status(Frame frame) {
    try {
      Http2Headers headers = decoder.decodeHeaders(frame.stream, frame.payload);
      CharSequence status = headers.status();
      return status == null ? "" : status + " ";
    } catch (Http2Exception e) {
      throw new AssertionError("a head that cannot be read", e);
    }
  }

  private static String error(int code) {
    return String.valueOf(Http2Error.valueOf(code));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
