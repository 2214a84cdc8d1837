package dev.culvert.mux.netty;

import dev.culvert.mux.Frame;
import dev.culvert.mux.SessionConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;

/**
 * How a socket is read whose bytes go into a stream: into buffers with room for a frame's header in
 * front, so that what was read is a frame as soon as the header is there.
 *
 * <p>Buffers are of {@value #LEAST_BYTES} bytes at first and of four times as much after each that
 * was filled, up to the longest frame; after one of which less than a quarter was used they are of
 * a quarter. A read of the channel is one of the socket: whoever relays asks again when there is
 * room for more. Any thread.
 */
public final class FrameRoom {
  private static final String COPY_PROPERTY = "culvert.copy";
  private static final int LEAST_BYTES = 4 * 1024;
  private static final int MOST_BYTES =
      Frame.HEADER_BYTES + SessionConfig.STANDARD.maxQuantumBytes();
  private static final int STEP = 4;

  private static final RecvByteBufAllocator BUFFERS = new Buffers();

  private FrameRoom() {}

  /**
   * Has {@code socket} read so; to be said before it is read first. The system property {@code
   * culvert.copy} leaves it as it is, and frames are copied.
   */
  public static void in(SocketChannel socket) {
    if (!Boolean.getBoolean(COPY_PROPERTY)) {
      socket.config().setRecvByteBufAllocator(BUFFERS);
    }
  }

  static boolean isIn(Channel channel) {
    return BUFFERS.equals(channel.config().getRecvByteBufAllocator());
  }

  private static final class Buffers extends DefaultMaxMessagesRecvByteBufAllocator {
    Buffers() {
      super(1);
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
        } else if (read < bytes / STEP) {
          bytes = Math.max(bytes / STEP, LEAST_BYTES);
        }
      }
    }
  }
}
