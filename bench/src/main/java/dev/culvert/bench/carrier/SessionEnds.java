package dev.culvert.bench.carrier;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.Future;
import java.util.function.Consumer;

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
   * @param events hears of the opening end's session, on its event loop
   */
  public SessionEnds(
      Bearer bearer,
      Transport transport,
      SessionConfig config,
      ChannelInitializer<Channel> acceptor,
      Consumer<SessionEvent> events)
      throws Exception {
    connections =
        new ConnectionEnds(
            bearer,
            transport,
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                limitUnsent(bearer, transport, channel);
                channel
                    .pipeline()
                    .addLast(new MuxHandler(Role.SERVER, config, acceptor, event -> {}));
              }
            });
    mux = new MuxHandler(Role.CLIENT, config, acceptor, events);
    connection = connections.openNow(mux);
    limitUnsent(bearer, transport, connection);
  }

  private static void limitUnsent(Bearer bearer, Transport transport, Channel channel) {
    if (bearer != Bearer.MEMORY) {
      transport.limitUnsent(channel, UNSENT_BYTES);
    }
  }

  @Override
  public Future<? extends Channel> open(ChannelHandler handler) {
    return mux.open(handler);
  }

  /** Measures a round trip, which comes as an event. Any thread. */
  public void ping() {
    if (connection.eventLoop().inEventLoop()) {
      mux.session().ping();
    } else {
      connection.eventLoop().execute(() -> mux.session().ping());
    }
  }

  @Override
  public void close() {
    connections.close();
  }
}
