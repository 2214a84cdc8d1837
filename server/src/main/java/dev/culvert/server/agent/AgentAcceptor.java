package dev.culvert.server.agent;

import dev.culvert.mux.socket.ConnectionLimit;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;

/**
 * Gives the connections of clients their pipeline. Any thread.
 *
 * <p>At most {@value #MAX_UNAUTHENTICATED} connections may be on their way through the handshake; a
 * listener of clients alone has {@link #limit} from the start, and a connection that turns out to
 * be a client's is handed over to it.
 */
public final class AgentAcceptor {
  private static final int MAX_UNAUTHENTICATED = 256;

  /** Small, so that what is urgent waits behind little; see docs/architecture.md, Bounds. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private final Agents agents;
  private final String software;
  private final ConnectionLimit unauthenticated = new ConnectionLimit(MAX_UNAUTHENTICATED);

  /**
   * An acceptor for all listeners.
   *
   * @param software name and version of this server
   */
  public AgentAcceptor(Agents agents, String software) {
    this.agents = agents;
    this.software = software;
  }

  /** Bounds the connections that have not proved yet to be a client's. */
  public ConnectionLimit limit() {
    return unauthenticated;
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
    channel.pipeline().addLast(new Handshake(agents, AgentSession.MAX_STREAMS, software));
  }
}
