package dev.culvert.bench.carrier;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Opens channels from one end to the other. Any thread. */
public interface Opener extends AutoCloseable {
  /**
   * Opens a channel with {@code handler} in its pipeline, which can be written when this is done.
   */
  Future<? extends Channel> open(ChannelHandler handler);

  /** Opens a channel and waits for it. */
  default Channel openNow(ChannelHandler handler) throws Exception {
    return open(handler).get(20, TimeUnit.SECONDS);
  }

  @Override
  void close();
}
