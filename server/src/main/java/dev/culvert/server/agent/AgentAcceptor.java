package dev.culvert.server.agent;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.culvert.mux.socket.ConnectionLimit;
import dev.culvert.server.visitor.Source;
import dev.culvert.tls.ClientHello;
import dev.culvert.tls.ClientHelloDispatch;
import dev.culvert.tls.ClientHelloDispatch.Destination;
import dev.culvert.tls.ClientHelloDispatch.Lack;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import java.util.function.Function;

/**
 * Gives the connections of clients their pipeline. Any thread.
 *
 * <p>At most {@value #MAX_UNAUTHENTICATED} connections may be on their way through the handshake,
 * and fewer from one address, see {@link Doorkeeper}. A listener of clients alone has both limits
 * from the start; a connection that turns out to be a client's is handed over to them.
 */
public final class AgentAcceptor {
  private static final int MAX_UNAUTHENTICATED = 256;

  /** Small, so that what is urgent waits behind little; see docs/architecture.md, Bounds. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private final Agents agents;
  private final String software;
  private final Doorkeeper doorkeeper;
  private final ConnectionLimit unauthenticated = new ConnectionLimit(MAX_UNAUTHENTICATED);

  /**
   * An acceptor for all listeners.
   *
   * @param software name and version of this server
   */
  public AgentAcceptor(Agents agents, String software) {
    this(agents, software, Ticker.systemTicker());
  }

  AgentAcceptor(Agents agents, String software, Ticker ticker) {
    this.agents = agents;
    this.software = software;
    this.doorkeeper = new Doorkeeper(ticker);
  }

  /** Bounds the connections that have not proved yet to be a client's. */
  public ConnectionLimit limit() {
    return unauthenticated;
  }

  /**
   * Awaits a client on {@code channel}, which was just accepted and has {@link #limit}.
   *
   * @param choice leads to {@link #accept}
   */
  public void await(Channel channel, Function<ClientHello, Destination> choice) {
    channel.pipeline().addLast(doorkeeper, new ClientHelloDispatch(choice, this::noClientHello));
  }

  private void noClientHello(Channel channel, Lack lack) {
    doorkeeper.failed(
        Source.origin(channel),
        switch (lack) {
          case LATE -> Failure.late("ClientHello");
          case MALFORMED -> Failure.tls("no TLS");
        });
  }

  /** Makes {@code channel}, whose pipeline ends in its SslHandler, a client's connection. */
  public void accept(Channel channel) {
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    ConnectionLimit listeners = channel.pipeline().get(ConnectionLimit.class);
    if (listeners == null) {
      channel.pipeline().addLast(unauthenticated);
    } else if (!listeners.equals(unauthenticated)) {
      channel.pipeline().replace(listeners, null, unauthenticated);
    }
    if (channel.pipeline().get(Doorkeeper.class) == null) {
      channel.pipeline().addLast(doorkeeper);
    }
    channel
        .pipeline()
        .addLast(new Handshake(agents, doorkeeper, AgentSession.MAX_STREAMS, software));
  }

  /** Writes down what has not been since the last time. Twice a second. */
  public void sweep() {
    doorkeeper.sumUp();
  }

  /** Addresses that have connections on their way through the handshake. */
  int waitingOrigins() {
    return doorkeeper.waitingOrigins();
  }
}
