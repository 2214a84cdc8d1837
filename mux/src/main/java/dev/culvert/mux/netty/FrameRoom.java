package dev.culvert.mux.netty;

import dev.culvert.mux.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;

/**
 * How a socket is read whose bytes go into a stream: into buffers with room for a frame's header in
 * front, so that what was read is a frame as soon as the header is there.
 *
 * <p>Buffers are of {@value #LEAST_BYTES} bytes at first and of four times as much after each that
 * was filled, up to {@value #MOST_BYTES}; after one that stayed as good as empty they are of a
 * quarter. Sharable; any thread.
 */
public final class FrameRoom extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final String COPY_PROPERTY = "culvert.copy";
  private static final int LEAST_BYTES = 4 * 1024;
  private static final int MOST_BYTES = 64 * 1024; // with the header a whole quantum
  private static final int STEP = 4;
  private static final int AS_GOOD_AS_EMPTY = 4 * STEP;

  private static final FrameRoom INSTANCE = new FrameRoom();

  private FrameRoom() {}

  /**
   * Has {@code socket} read so; to be said before it is read first. The system property {@code
   * culvert.copy} leaves it as it is, and frames are copied.
   */
  public static void in(SocketChannel socket) {
    if (!Boolean.getBoolean(COPY_PROPERTY)) {
      socket.config().setRecvByteBufAllocator(INSTANCE);
    }
  }

  static boolean isIn(Channel channel) {
    return INSTANCE.equals(channel.config().getRecvByteBufAllocator());
  }

  @Override
  @SuppressWarnings("deprecation") // the interface's
  public Handle newHandle() {
    return new Sizes();
  }

  private final class Sizes extends MaxMessageHandle {
    private int bytes = LEAST_BYTES;

    @Override
    public int guess() {
      return bytes;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      ByteBuf buffer = allocator.ioBuffer(bytes, bytes);
      return buffer.setIndex(Frame.HEADER_BYTES, Frame.HEADER_BYTES);
    }

    @Override
    public void lastBytesRead(int read) {
      super.lastBytesRead(read);
      if (read == bytes - Frame.HEADER_BYTES) {
        bytes = Math.min(bytes * STEP, MOST_BYTES);
      } else if (read < bytes / AS_GOOD_AS_EMPTY) {
        bytes = Math.max(bytes / STEP, LEAST_BYTES);
      }
    }
  }
}
