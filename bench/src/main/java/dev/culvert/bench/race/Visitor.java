package dev.culvert.bench.race;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request at a time on one connection, which it opens where it has none. One thread. */
final class Visitor {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

  private final InetSocketAddress address;
  private final Selector selector;
  private final ByteBuffer request;
  private final ByteBuffer response = ByteBuffer.allocateDirect(8 * 1024);
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;
  private int responseBytes;
  private long startNanos;

  /** Its connections are registered with {@code selector}, and it is what is attached there. */
  Visitor(InetSocketAddress address, Selector selector, ByteBuffer request) {
    this.address = address;
    this.selector = selector;
    this.request = request;
  }

  /** When the request under way began, for one who counts from then. */
  long startNanos() {
    return startNanos;
  }

  void ask(long start) throws IOException {
    startNanos = start;
    responseBytes = 0;
    response.clear();
    request.clear();
    if (channel != null) {
      write(channel);
      return;
    }
    SocketChannel opened = SocketChannel.open();
    channel = opened;
    opened.configureBlocking(false);
    opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
    if (opened.connect(address)) {
      key = opened.register(selector, SelectionKey.OP_READ, this);
      write(opened);
    } else {
      key = opened.register(selector, SelectionKey.OP_CONNECT, this);
    }
  }

  /** Does what its connection is ready for; true if that completed the answer. */
  boolean proceed() throws IOException {
    SocketChannel open = channel;
    SelectionKey registered = key;
    if (open == null || registered == null || !registered.isValid()) {
      return false;
    }
    if (registered.isConnectable()) {
      open.finishConnect();
      registered.interestOps(SelectionKey.OP_READ);
      write(open);
      return false;
    }
    if (open.read(response) < 0) {
      throw new IOException("the connection ended before the answer");
    }
    return isComplete();
  }

  /** A request fits the empty send buffer of a socket. */
  private void write(SocketChannel open) throws IOException {
    open.write(request);
    if (request.hasRemaining()) {
      throw new IOException("a request was not taken whole");
    }
  }

  private boolean isComplete() throws IOException {
    if (responseBytes == 0) {
      String text = StandardCharsets.ISO_8859_1.decode(response.duplicate().flip()).toString();
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return false;
      }
      Matcher length = LENGTH.matcher(text);
      if (!text.startsWith("HTTP/1.1 200 ") || !length.find()) {
        throw new IOException("answered " + text.lines().findFirst().orElse("nothing"));
      }
      responseBytes = end + 4 + Integer.parseInt(length.group(1));
    }
    return response.position() >= responseBytes;
  }

  /** The next request has a connection of its own. */
  void close() {
    SocketChannel open = channel;
    channel = null;
    key = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
