package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.Test;

class PatternBodyTest {
  private static final int MAX_QUEUED_BYTES = 256 << 10;

  @Test
  void noMoreIsQueuedThanTheWaterMarkAllows() {
    SlowChannel channel = new SlowChannel();
    PatternBody body = body(channel, 1L << 40);

    body.resume();
    body.resume();
    long first = body.sentBytes();
    channel.takeAll();
    body.resume();
    channel.runPendingTasks();

    assertThat(first).isPositive().isLessThanOrEqualTo(MAX_QUEUED_BYTES);
    assertThat(channel.queuedBytes()).isPositive().isLessThanOrEqualTo(MAX_QUEUED_BYTES);
    assertThat(body.sentBytes()).isGreaterThan(first).isLessThanOrEqualTo(first * 2);
    channel.takeAll();
  }

  @Test
  void finishedCompletesWithTheLastByteWritten() {
    SlowChannel channel = new SlowChannel();
    PatternBody body = body(channel, 1_000);

    body.resume();
    assertThat(body.sentBytes()).isEqualTo(1_000);
    assertThat(body.finished().isDone()).isFalse();
    channel.takeAll();

    assertThat(body.finished().isSuccess()).isTrue();
  }

  @Test
  void closedChannelEndsTheBodyWithoutMore() {
    SlowChannel channel = new SlowChannel();
    PatternBody body = body(channel, 1L << 40);
    body.resume();
    long sent = body.sentBytes();

    var _ = channel.close();
    body.resume();
    channel.runPendingTasks();

    assertThat(body.sentBytes()).isEqualTo(sent);
  }

  private static PatternBody body(SlowChannel channel, long bytes) {
    return new PatternBody(
        channel,
        new PatternBytes(0),
        BodyDigest.ofLength(),
        bytes,
        () -> LastHttpContent.EMPTY_LAST_CONTENT);
  }

  /** A channel that takes what is queued only when told. */
  private static final class SlowChannel extends EmbeddedChannel {
    private boolean taking;

    SlowChannel() {
      config().setWriteBufferWaterMark(PatternBody.QUEUE);
    }

    long queuedBytes() {
      ChannelOutboundBuffer queue = unsafe().outboundBuffer();
      return queue == null ? 0 : queue.totalPendingWriteBytes();
    }

    void takeAll() {
      taking = true;
      flush();
      taking = false;
      for (HttpContent piece = readOutbound(); piece != null; piece = readOutbound()) {
        piece.release();
      }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer queue) throws Exception {
      if (taking) {
        super.doWrite(queue);
      }
    }
  }
}
