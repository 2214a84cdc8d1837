package dev.culvert.mux.netty;

import io.netty.channel.ChannelFuture;

/** A stream's channel and what its pipeline was told. */
record EmbeddedStream(StreamChannel channel, EventLog log) {
  private static final int CHUNK_BYTES = 16_000;

  /** Writes and flushes the {@link ByteSequence} from {@code position}; the last byte's future. */
  ChannelFuture write(long position, int length) {
    ChannelFuture last = channel.newSucceededFuture();
    for (int done = 0; done < length; done += CHUNK_BYTES) {
      int bytes = Math.min(CHUNK_BYTES, length - done);
      last = channel.write(ByteSequence.slice(position + done, bytes));
    }
    channel.flush();
    return last;
  }
}
