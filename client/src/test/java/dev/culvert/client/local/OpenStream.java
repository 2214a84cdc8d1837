package dev.culvert.client.local;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** A stream that the server opened. */
record OpenStream(StreamChannel channel, StreamLog log) {
  /** The client's whole answer: its status, and the service's bytes behind that. */
  Answer answer() throws Exception {
    ByteBuf bytes = Unpooled.wrappedBuffer(log.whole.get(Streams.SECONDS_AT_MOST, SECONDS));
    StreamStatus status = StreamStatus.read(bytes);
    if (status == null) {
      throw new AssertionError("the stream ended within its status");
    }
    return new Answer(status, bytes.toString(StandardCharsets.ISO_8859_1));
  }

  /** What came back. */
  record Answer(StreamStatus status, String bytes) {}
}
