package dev.culvert.bench.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A TCP relay that behaves like a network path: every connection to {@link #address()} goes on to
 * the target over a link of its own, with delay, bandwidth and a bounded queue as {@link
 * LinkSettings} say. Any thread.
 *
 * <p>What is emulated begins with the first byte: the handshake of TCP is not delayed. Nothing is
 * lost or reordered; a full queue holds the sender back as TCP's own flow control does.
 *
 * <p>Each direction has a blocking thread that reads and one that writes. That pushes back by
 * itself, and a timed wait for a condition wakes within a fraction of a millisecond, where a
 * selector's timeout has whole ones.
 */
public final class LinkEmulator implements AutoCloseable {
  private final ServerSocketChannel listener;
  private final InetSocketAddress target;
  private final int bufferBytes;
  private final List<LinkConnection> connections = new ArrayList<>();
  private LinkSettings settings;
  private boolean isStalled;
  private boolean isClosed;
  private long accepted;

  private LinkEmulator(
      ServerSocketChannel listener, InetSocketAddress target, LinkSettings settings) {
    this.listener = listener;
    this.target = target;
    this.settings = settings;
    this.bufferBytes = settings.socketBufferBytes();
  }

  /** A link to {@code target} that listens on a free port of the loopback interface. */
  public static LinkEmulator start(InetSocketAddress target, LinkSettings settings)
      throws IOException {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), target, settings);
  }

  /** A link to {@code target} that listens on {@code address}. */
  public static LinkEmulator start(
      InetSocketAddress address, InetSocketAddress target, LinkSettings settings)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.setOption(StandardSocketOptions.SO_RCVBUF, settings.socketBufferBytes());
      listener.bind(address);
    } catch (IOException e) {
      listener.close();
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
    LinkEmulator emulator = new LinkEmulator(listener, target, settings);
    Thread.ofPlatform().daemon().name("link-accept").start(emulator::accept);
    return emulator;
  }

  /** Where the link begins. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.socket().getLocalSocketAddress();
  }

  private void accept() {
    while (true) {
      SocketChannel near;
      try {
        near = listener.accept();
      } catch (IOException e) {
        return; // closed
      }
      try {
        near.setOption(StandardSocketOptions.SO_SNDBUF, bufferBytes);
        near.setOption(StandardSocketOptions.TCP_NODELAY, true);
        add(near, dial());
      } catch (IOException e) {
        reset(near);
      }
    }
  }

  private SocketChannel dial() throws IOException {
    SocketChannel far = SocketChannel.open();
    try {
      far.setOption(StandardSocketOptions.SO_RCVBUF, bufferBytes); // later it would drop bytes
      far.setOption(StandardSocketOptions.SO_SNDBUF, bufferBytes);
      far.setOption(StandardSocketOptions.TCP_NODELAY, true);
      far.connect(target);
      return far;
    } catch (IOException e) {
      far.close();
      throw e;
    }
  }

  private static void reset(SocketChannel socket) {
    try {
      socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // Closed already.
    }
    LinkConnection.closeQuietly(socket);
  }

  private synchronized void add(SocketChannel near, SocketChannel far) {
    LinkConnection connection = new LinkConnection(near, far, settings, accepted++, this::remove);
    connections.add(connection);
    if (isStalled) {
      connection.wires().forEach(Wire::stall);
    }
    connection.start();
    if (isClosed) {
      connection.cut();
    }
  }

  private synchronized void remove(LinkConnection connection) {
    connections.remove(connection);
  }

  private void forEachWire(Consumer<Wire> action) {
    connections.forEach(connection -> connection.wires().forEach(action));
  }

  /**
   * Changes what the link is like; bytes that are on their way arrive as they would have. The
   * buffers of the emulator's sockets stay as the settings at the start made them.
   */
  public synchronized void settings(LinkSettings changed) {
    settings = changed;
    forEachWire(wire -> wire.settings(changed));
  }

  /** From now on nothing arrives and nobody is told: the sockets of both ends stay open. */
  public synchronized void stall() {
    isStalled = true;
    forEachWire(Wire::stall);
  }

  /** Ends a stall; what was sent meanwhile, and fits the queue, arrives. */
  public synchronized void resume() {
    isStalled = false;
    forEachWire(Wire::resume);
  }

  /** Resets both ends of every connection; new ones pass. */
  public void cut() {
    List<LinkConnection> all;
    synchronized (this) {
      all = List.copyOf(connections);
    }
    all.forEach(LinkConnection::cut);
  }

  /** Cuts every connection and takes no more. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      isClosed = true;
    }
    listener.close();
    cut();
  }
}
