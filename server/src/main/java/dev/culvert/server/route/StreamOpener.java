package dev.culvert.server.route;

import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Opens streams to the client behind a route. Implemented by the agents, used by the edge. */
public interface StreamOpener {
  /**
   * Opens a stream whose first bytes are {@code preamble}; {@code initializer} is added to its
   * pipeline. Any thread.
   *
   * @return fails where the client is gone, may no longer serve, or has too many streams open
   */
  Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer);

  /** How long the way to the client and back takes, as measured last; zero where it was not. */
  default long roundTripNanos() {
    return 0;
  }

  /**
   * The event loop that the next stream will be on, which is where a visitor should be too; null
   * where that is not known. Any thread.
   */
  default @Nullable EventLoop loop() {
    return null;
  }
}
