package dev.culvert.client.local;

import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.Dialer;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
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
  private final LocalDialer dialer;
  private final RequestLog log;

  public LocalAcceptor(Dialer dialer, LocalTls tls, RequestLog log) {
    this.dialer = new LocalDialer(dialer, tls);
    this.log = log;
  }

  /** Serves a tunnel from {@code target}. */
  public void serve(int tunnel, LocalTarget target) {
    targets.put(tunnel, target);
  }

  /** Looks after {@code target} from {@link HealthWatch#start} on. */
  public HealthWatch watch(
      EventLoop loop, LocalTarget target, HealthCheck check, HealthWatch.Listener listener) {
    return new HealthWatch(loop, dialer, target, check, listener);
  }

  @Override
  protected void initChannel(StreamChannel stream) {
    stream.config().setAutoRead(false);
    stream.pipeline().addLast(new StreamHandler(targets, dialer, log));
    stream.read();
  }
}
