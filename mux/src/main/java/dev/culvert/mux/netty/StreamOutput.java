package dev.culvert.mux.netty;

import dev.culvert.mux.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a {@link StreamChannel}: what was flushed waits in the channel's outbound
 * buffer until the session takes it, and FIN behind it. Event loop only.
 */
final class StreamOutput {
  /** Fewer bytes are gathered with others: a write to TLS and a record cost more than the copy. */
  private static final int SMALL_BYTES = 8 * 1024;

  private final StreamChannel channel;
  private @Nullable ChannelPromise finPromise;
  private boolean isFinSent;
  private boolean hasRoom;

  StreamOutput(StreamChannel channel) {
    this.channel = channel;
  }

  private @Nullable ChannelOutboundBuffer buffer() {
    return channel.unsafe().outboundBuffer(); // null once the channel is closed
  }

  boolean hasData() {
    ChannelOutboundBuffer in = buffer();
    return in != null && in.current() != null;
  }

  /** Something was flushed. */
  void flushed(ChannelOutboundBuffer in) {
    dropEmpty(in);
    if (in.current() != null) {
      channel.stream().dataReady();
    }
  }

  private static void dropEmpty(ChannelOutboundBuffer in) {
    while (in.current() instanceof ByteBuf bytes && !bytes.isReadable()) {
      in.remove();
    }
  }

  /**
   * Moves at most {@code maxBytes} into {@code out}, and completes the writes that are done. A
   * buffer that cannot be read, since it was released, closes the channel as it would a socket's.
   */
  int poll(ByteBuf out, int maxBytes) {
    ChannelOutboundBuffer in = buffer();
    int polled = 0;
    while (in != null && polled < maxBytes && in.current() instanceof ByteBuf bytes) {
      int part = Math.min(bytes.readableBytes(), maxBytes - polled);
      try {
        out.writeBytes(bytes, bytes.readerIndex(), part);
      } catch (RuntimeException e) {
        in.remove(e);
        channel.unsafe().close(channel.voidPromise());
        return polled;
      }
      polled += part;
      if (part == bytes.readableBytes()) {
        in.remove();
      } else {
        in.removeBytes(part);
      }
      in = buffer(); // whoever heard of the write may have closed the channel
      if (in != null) {
        dropEmpty(in);
      }
    }
    return polled;
  }

  /** What is written from now on has nothing of anybody's in front of it. */
  void expectRoom() {
    hasRoom = true;
  }

  /** The size of the next buffer where it can be a frame as it is, else zero. */
  int frameBytes() {
    ChannelOutboundBuffer in = buffer();
    return hasRoom
            && in != null
            && in.current() instanceof ByteBuf bytes
            && bytes.readableBytes() >= SMALL_BYTES
            && bytes.readerIndex() >= Frame.HEADER_BYTES
            && bytes.refCnt() == 1
        ? bytes.readableBytes()
        : 0;
  }

  /** Hands over that buffer, and completes its write. */
  ByteBuf pollFrame() {
    ChannelOutboundBuffer in = buffer();
    if (in == null || !(in.current() instanceof ByteBuf bytes)) {
      throw new IllegalStateException("nothing is pending");
    }
    bytes.retain();
    in.remove();
    in = buffer(); // whoever heard of the write may have closed the channel
    if (in != null) {
      dropEmpty(in);
    }
    return bytes;
  }

  /** Sends FIN behind all that was flushed; the channel must be open. */
  void finish(ChannelPromise promise) {
    if (isFinSent) {
      promise.trySuccess();
    } else if (finPromise != null) {
      finPromise.addListener(done -> {
        if (done.isSuccess()) {
          promise.trySuccess();
        } else {
          promise.tryFailure(done.cause());
        }
      });
    } else {
      finPromise = promise;
      channel.unsafe().flush();
      channel.stream().finish();
    }
  }

  boolean isFinished() {
    return isFinSent;
  }

  void finSent() {
    isFinSent = true;
    if (finPromise != null) {
      finPromise.trySuccess();
    }
    if (channel.isOpen()) {
      channel.pipeline().fireUserEventTriggered(ChannelOutputShutdownEvent.INSTANCE);
      channel.closeIfFinished();
    }
  }

  /** The channel has closed. */
  void close() {
    if (finPromise != null && !isFinSent) {
      finPromise.tryFailure(new ClosedChannelException());
    }
  }
}
