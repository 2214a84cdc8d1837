package dev.culvert.bench.demo;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * An HTTP body of {@link PatternBytes}, made only as fast as the channel takes it. Event loop only,
 * except {@link #sentBytes}.
 *
 * <p>With {@link #QUEUE} as the channel's water mark at most 192 KiB and one chunk are queued, 224
 * KiB, however long the body is.
 */
final class PatternBody {
  /** The water mark that a channel carrying such a body is given. */
  static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(64 << 10, 192 << 10);

  private static final int CHUNK_BYTES = 32 << 10;

  private final Channel channel;
  private final PatternBytes pattern;
  private final BodyDigest digest;
  private final long totalBytes;
  private final Supplier<LastHttpContent> end;
  private final ChannelPromise finished;
  private final AtomicLong sentBytes = new AtomicLong();
  private boolean filling;
  private boolean ended;

  /**
   * @param digest is fed with every byte of the body
   * @param end makes the last content, after the digest has seen the whole body
   */
  PatternBody(
      Channel channel,
      PatternBytes pattern,
      BodyDigest digest,
      long totalBytes,
      Supplier<LastHttpContent> end) {
    this.channel = channel;
    this.pattern = pattern;
    this.digest = digest;
    this.totalBytes = totalBytes;
    this.end = end;
    this.finished = channel.newPromise();
  }

  /** Goes on; to be called at first, and whenever the channel's writability has changed. */
  void resume() {
    if (filling || ended) {
      return;
    }
    filling = true;
    while (sentBytes.get() < totalBytes && channel.isWritable()) {
      writeChunk();
    }
    if (sentBytes.get() == totalBytes) {
      ended = true;
      channel
          .writeAndFlush(end.get(), finished)
          .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    } else {
      channel.flush();
      if (channel.isWritable()) {
        channel.eventLoop().execute(this::resume);
      }
    }
    filling = false;
  }

  /** Completes when the last content is written; never, if the channel closes before. */
  ChannelFuture finished() {
    return finished;
  }

  /** Any thread. */
  long sentBytes() {
    return sentBytes.get();
  }

  private void writeChunk() {
    int bytes = (int) Math.min(CHUNK_BYTES, totalBytes - sentBytes.get());
    ByteBuf chunk = channel.alloc().buffer(bytes, bytes);
    pattern.writeTo(chunk, bytes);
    digest.update(chunk);
    sentBytes.addAndGet(bytes);
    channel
        .write(new DefaultHttpContent(chunk))
        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }
}
