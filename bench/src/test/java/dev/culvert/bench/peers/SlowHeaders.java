package dev.culvert.bench.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So many connections that begin a request and never end it: each sends another header now and
 * then, and one that is closed is opened anew. They come from a hundred addresses. A thread of its
 * own does it all.
 */
final class SlowHeaders implements AutoCloseable {
  private static final int ADDRESSES = 100;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(4);
  private static final int OPENED_AT_ONCE = 200;

  private static final byte[] START =
      ("GET / HTTP/1.1\r\nHost: " + ReverseProxy.HOST + "\r\nX-Slow: 1\r\n")
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MORE = "X-Slow: 1\r\n".getBytes(StandardCharsets.US_ASCII);

  private record Due(SelectionKey key, long nanos) {}

  private final InetSocketAddress target;
  private final int count;
  private final Selector selector = Selector.open();
  private final ArrayDeque<Due> due = new ArrayDeque<>();
  private final AtomicInteger established = new AtomicInteger();
  private final AtomicLong closed = new AtomicLong();
  private final CompletableFuture<Void> ended;
  private volatile boolean isEnding;
  private int connecting;
  private int next;

  private SlowHeaders(InetSocketAddress target, int count) throws IOException {
    this.target = target;
    this.count = count;
    this.ended = CompletableFuture.runAsync(this::run, Thread.ofPlatform()::start);
  }

  static SlowHeaders start(InetSocketAddress target, int count) throws IOException {
    return new SlowHeaders(target, count);
  }

  /** How many connections are open now. */
  int established() {
    return established.get();
  }

  /** How many connections the server has closed. */
  long closed() {
    return closed.get();
  }

  private void run() {
    try (selector) {
      while (!isEnding) {
        open();
        selector.select(10);
        for (SelectionKey key : selector.selectedKeys()) {
          turn(key);
        }
        selector.selectedKeys().clear();
        sendMore();
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void open() throws IOException {
    while (established.get() + connecting < count && connecting < OPENED_AT_ONCE) {
      SocketChannel channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.bind(new InetSocketAddress(address(next++ % ADDRESSES), 0));
      connecting++;
      channel.connect(target);
      channel.register(selector, SelectionKey.OP_CONNECT);
    }
  }

  private static InetAddress address(int number) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 9, 0, (byte) (1 + number)});
  }

  private void turn(SelectionKey key) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    boolean isNew = (key.interestOps() & SelectionKey.OP_CONNECT) != 0;
    try {
      if (isNew) {
        connecting--;
        channel.finishConnect();
        established.incrementAndGet();
        key.interestOps(SelectionKey.OP_READ);
        channel.write(ByteBuffer.wrap(START));
        due.add(new Due(key, System.nanoTime() + INTERVAL_NANOS));
      } else if (channel.read(ByteBuffer.allocate(512)) < 0) {
        gone(key);
      }
    } catch (IOException e) {
      if (isNew && !channel.isConnected()) {
        channel.close();
      } else {
        gone(key);
      }
    }
  }

  private void gone(SelectionKey key) throws IOException {
    key.channel().close();
    established.decrementAndGet();
    closed.incrementAndGet();
  }

  private void sendMore() throws IOException {
    long now = System.nanoTime();
    for (Due first = due.peek(); first != null && first.nanos - now < 0; first = due.peek()) {
      due.remove();
      if (first.key.isValid()) {
        try {
          ((SocketChannel) first.key.channel()).write(ByteBuffer.wrap(MORE));
          due.add(new Due(first.key, now + INTERVAL_NANOS));
        } catch (IOException e) {
          gone(first.key);
        }
      }
    }
  }

  @Override
  public void close() {
    isEnding = true;
    ended.join();
  }
}
