package dev.culvert.bench.carrier;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

/** Two ends with one session between them; each channel opened is a stream of it. */
public final class SessionEnds implements Opener {
  private static final int UNSENT_BYTES = 128 * 1024;

  private final ConnectionEnds connections;
  private final Channel connection;
  private final MuxHandler mux;

  /**
   * Connects, and begins the session.
   *
   * @param acceptor initializes each accepted stream
   */
  public SessionEnds(
      Bearer bearer, Sockets sockets, SessionConfig config, ChannelInitializer<Channel> acceptor)
      throws Exception {
    connections =
        new ConnectionEnds(
            bearer,
            sockets,
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                limitUnsent(bearer, sockets, channel);
                channel
                    .pipeline()
                    .addLast(new MuxHandler(Role.SERVER, config, acceptor, event -> {}));
              }
            });
    mux = new MuxHandler(Role.CLIENT, config, acceptor, event -> {});
    connection = connections.openNow(mux);
    limitUnsent(bearer, sockets, connection);
  }

  private static void limitUnsent(Bearer bearer, Sockets sockets, Channel channel) {
    if (bearer != Bearer.MEMORY) {
      sockets.limitUnsent(channel, UNSENT_BYTES);
    }
  }

  @Override
  public Future<StreamChannel> open(ChannelHandler handler) {
    return mux.open(handler);
  }

  /** The event loop of the opening end. */
  public EventLoop loop() {
    return connection.eventLoop();
  }

  @Override
  public void close() {
    connections.close();
  }
}
