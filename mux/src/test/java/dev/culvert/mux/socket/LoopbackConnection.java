package dev.culvert.mux.socket;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.culvert.mux.netty.AutoRead;
import dev.culvert.mux.netty.ByteSequence;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** A channel under test, the socket at its other end, and what the channel has read. */
record LoopbackConnection(SocketChannel channel, Socket peer, Inbox inbox)
    implements AutoCloseable {
  private static final int CHUNK = 64_000;

  /** The peer sends {@code length} bytes of the {@link ByteSequence}; blocks. */
  void peerSends(int length) throws IOException {
    peer.getOutputStream().write(ByteSequence.bytes(0, length));
  }

  /** The peer sends FIN, and the channel has seen it. */
  void peerFinishes() throws Exception {
    peer.shutdownOutput();
    inbox.end.get(Loopback.PATIENCE.toSeconds(), SECONDS);
    channel.eventLoop().submit(() -> {}).sync();
  }

  /** Returns when the event loop has done it and what follows from it at once. */
  void setAutoRead(AutoRead autoRead) throws Exception {
    channel.eventLoop().submit(() -> channel.config().setAutoRead(autoRead == AutoRead.ON)).sync();
    channel.eventLoop().submit(() -> {}).sync();
  }

  /** The peer sends RST. */
  void peerResets() throws IOException {
    peer.setSoLinger(true, 0);
    peer.close();
  }

  /**
   * The peer reads to the end of input, checks the bytes against the {@link ByteSequence}, and
   * returns how many they were.
   */
  long peerReadsToEnd() throws IOException {
    InputStream in = peer.getInputStream();
    byte[] buffer = new byte[CHUNK];
    long total = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      ByteSequence.check(total, Unpooled.wrappedBuffer(buffer, 0, read));
      total += read;
    }
    return total;
  }

  /** Writes and flushes the sequence from {@code position}; the future is that of the last byte. */
  ChannelFuture write(long position, long length) {
    ChannelFuture last = null;
    for (long at = position; at < position + length; at += CHUNK) {
      last = channel.write(ByteSequence.slice(at, (int) Math.min(CHUNK, position + length - at)));
    }
    if (last == null) {
      throw new IllegalArgumentException("length: " + length + " (expected: > 0)");
    }
    channel.flush();
    return last;
  }

  /**
   * Writes the sequence from position 0 until the channel is unwritable because the kernel takes no
   * more, and returns how many bytes that was. The peer must not be reading.
   */
  long fill() throws Exception {
    Promise<Long> filled = channel.eventLoop().newPromise();
    channel.eventLoop().execute(() -> fill(0, filled));
    return filled.get(Loopback.PATIENCE.toSeconds(), SECONDS);
  }

  private void fill(long written, Promise<Long> filled) {
    long position = written;
    while (channel.isWritable()) {
      var _ = channel.writeAndFlush(ByteSequence.slice(position, CHUNK), channel.voidPromise());
      position += CHUNK;
    }
    long end = position;
    long pendingBytes = channel.bytesBeforeWritable();
    channel
        .eventLoop()
        .execute(() -> {
          if (channel.bytesBeforeWritable() == pendingBytes) {
            filled.setSuccess(end);
          } else {
            fill(end, filled);
          }
        });
  }

  @Override
  public void close() throws IOException {
    peer.close();
    if (channel.isOpen()) {
      channel.close().syncUninterruptibly();
    }
  }
}
