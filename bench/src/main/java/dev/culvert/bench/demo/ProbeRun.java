package dev.culvert.bench.demo;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of one probe: its connections, which all end with it, and its verdict, of which the first
 * counts. Any thread.
 */
final class ProbeRun implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final ProbeTarget target;
  private final EventLoopGroup loops;
  private final ChannelGroup channels;
  private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

  ProbeRun(ProbeTarget target, EventLoopGroup loops) {
    this.target = target;
    this.loops = loops;
    this.channels = new DefaultChannelGroup(loops.next(), true);
  }

  /** Whether the probe passed, and what it measured or why it failed. */
  record Verdict(boolean passed, String detail) {}

  ProbeTarget target() {
    return target;
  }

  void pass(String detail) {
    verdict.complete(new Verdict(true, detail));
  }

  void fail(String reason) {
    verdict.complete(new Verdict(false, reason));
  }

  /** Waits for the verdict; a stall is one too. */
  Verdict await(Duration deadline) {
    try {
      return verdict.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Verdict(false, "stalled: no end after " + deadline.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Verdict(false, "interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a verdict is never exceptional", e);
    }
  }

  /** Opens an HTTP connection that ends in these handlers; its loss before a verdict is one. */
  void connect(ChannelHandler... handlers) {
    new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, PatternBody.QUEUE)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channels.add(channel);
                channel
                    .pipeline()
                    .addLast(new HttpClientCodec(), new BrokenHttp())
                    .addLast(handlers)
                    .addLast(new Loss());
              }
            })
        .connect(target.address())
        .addListener(connected -> {
          if (!connected.isSuccess()) {
            fail("cannot connect to " + target.address() + ": " + connected.cause());
          }
        });
  }

  FullHttpRequest get(String pathAndQuery) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, pathAndQuery);
    request.headers().set(HttpHeaderNames.HOST, target.authority());
    return request;
  }

  HttpRequest post(String pathAndQuery) {
    HttpRequest request =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, pathAndQuery);
    request.headers().set(HttpHeaderNames.HOST, target.authority());
    return request;
  }

  @Override
  public void close() {
    fail("closed");
    channels.close().awaitUninterruptibly();
  }

  /** Fails the run on an answer that is not HTTP, or whose body ends early. */
  private final class BrokenHttp extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
        fail("the answer is broken: " + part.decoderResult().cause());
      }
      ctx.fireChannelRead(message);
    }
  }

  /** Fails the run when its connection ends or a handler throws. */
  private final class Loss extends ChannelInboundHandlerAdapter {
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      fail("the connection ended early");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      fail(
          cause instanceof PrematureChannelClosureException
              ? "the connection ended early"
              : cause.toString());
      var _ = ctx.close();
    }
  }
}
