package dev.culvert.client.local;

import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.Dialer;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes each stream that the server opens to the local service of its tunnel. Any thread.
 *
 * <p>The server names a tunnel, never an address; a stream for a tunnel that is not here is
 * refused.
 */
@Sharable
public final class LocalAcceptor extends ChannelInitializer<StreamChannel> {
  private final Map<Integer, LocalTarget> targets = new ConcurrentHashMap<>();
  private final Dialer dialer;
  private final LocalTls tls;
  private final RequestLog log;

  public LocalAcceptor(Dialer dialer, LocalTls tls, RequestLog log) {
    this.dialer = dialer;
    this.tls = tls;
    this.log = log;
  }

  /** Serves a tunnel from {@code target}. */
  public void serve(int tunnel, LocalTarget target) {
    targets.put(tunnel, target);
  }

  @Override
  protected void initChannel(StreamChannel stream) {
    stream.config().setAutoRead(false);
    stream.pipeline().addLast(new StreamHandler(targets, dialer, tls, log));
    stream.read();
  }
}
