package dev.culvert.mux.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A leg whose far end is a plain blocking socket: it shows what any TCP program would see. */
final class PlainPeer {
  private static final int CHUNK_BYTES = 50_000;

  final SocketChannel leg;
  final Socket socket;
  private long receivedBytes;

  PlainPeer(RelayGround ground, EventLoop loop) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      leg = ground.connect(loop, listener.getLocalSocketAddress());
      socket = listener.accept();
      socket.setSoTimeout((int) Patience.SECONDS_AT_MOST * 1000);
    }
  }

  long receivedBytes() {
    return receivedBytes;
  }

  /** Reads {@code bytes} and checks them. */
  void read(long bytes) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long end = receivedBytes + bytes; receivedBytes < end; ) {
      int most = (int) Math.min(CHUNK_BYTES, end - receivedBytes);
      int read = socket.getInputStream().read(chunk, 0, most);
      if (read < 0) {
        throw new EOFException("the input ended in order after " + receivedBytes + " bytes");
      }
      ByteSequence.check(receivedBytes, Unpooled.wrappedBuffer(chunk, 0, read));
      receivedBytes += read;
    }
  }

  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
