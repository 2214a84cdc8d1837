package dev.culvert.server.visitor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the PROXY header, version 1 or 2, that a balancer sends ahead of a visitor's bytes.
 *
 * <p>A connection whose header is malformed, too long or late is closed. One that the balancer
 * opened itself (LOCAL, UNKNOWN), or that came to it over no TCP, keeps the balancer's address.
 * Additional fields (TLVs) are passed over. Event loop only, one connection.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {
  /** Room for what common balancers add; with the addresses 4 KiB. */
  static final int MAX_FIELD_BYTES = 4096 - 232;

  static final Duration DEADLINE = Duration.ofSeconds(10);

  private final Consumer<Channel> onward;
  private @Nullable Future<?> deadline;

  private ProxyHeader(Consumer<Channel> onward) {
    this.onward = onward;
  }

  /**
   * Awaits a header on {@code channel}, then calls {@code onward} to add the handlers that get what
   * is behind it.
   */
  static void await(Channel channel, Consumer<Channel> onward) {
    channel.pipeline().addLast(new HAProxyMessageDecoder(MAX_FIELD_BYTES), new ProxyHeader(onward));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline = ctx.executor().schedule(() -> ctx.close(), DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
    if (ctx.channel().isActive()) {
      ctx.read();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.read();
    ctx.fireChannelActive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    HAProxyMessage header = (HAProxyMessage) message;
    try {
      tell(ctx.channel(), header);
    } catch (UnknownHostException e) {
      ctx.close();
      return;
    } finally {
      header.release();
    }
    ctx.pipeline().remove(this);
    onward.accept(ctx.channel()); // the decoder leaves next, and gives those handlers what it has
  }

  private static void tell(Channel channel, HAProxyMessage header) throws UnknownHostException {
    HAProxyProxiedProtocol protocol = header.proxiedProtocol();
    if (protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6) {
      Source.tell(
          channel,
          new Source(
              address(header.sourceAddress(), header.sourcePort()),
              address(header.destinationAddress(), header.destinationPort())));
    }
  }

  private static InetSocketAddress address(String text, int port) throws UnknownHostException {
    byte @Nullable [] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      throw new UnknownHostException(text);
    }
    return new InetSocketAddress(InetAddress.getByAddress(bytes), port); // IPv4 also where mapped
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
