package dev.culvert.bench.e2e;

import dev.culvert.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A local service that speaks HTTP/2, and answers frame by frame as a test says. */
final class Http2Service implements AutoCloseable {
  /** Answers a request, whose head has come. On the event loop. */
  interface Script {
    void answer(Request request);
  }

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final AtomicInteger connections = new AtomicInteger();
  private final BlockingQueue<Boolean> closes = new LinkedBlockingQueue<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final Channel listener;

  private Http2Service(@Nullable ServerTls tls, Script script) throws Exception {
    listener =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connections.incrementAndGet();
                    connection.closeFuture().addListener(done -> closes.add(true));
                    if (tls != null) {
                      connection.pipeline().addLast(tls.newHandler(connection.alloc()));
                    }
                    connection
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer().build(),
                            new Http2MultiplexHandler(
                                new ChannelInitializer<>() {
                                  @Override
                                  protected void initChannel(Channel stream) {
                                    stream.pipeline().addLast(new Request(script));
                                  }
                                }));
                  }
                })
            .bind(Tunnel.ANY_PORT)
            .sync()
            .channel();
  }

  /** Without TLS. */
  static Http2Service start(Script script) throws Exception {
    return new Http2Service(null, script);
  }

  static Http2Service startTls(ServerTls tls, Script script) throws Exception {
    return new Http2Service(tls, script);
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  int connections() {
    return connections.get();
  }

  /** Waits until a connection has closed; false where none does in time. */
  boolean awaitClose() throws InterruptedException {
    return closes.poll(20, TimeUnit.SECONDS) != null;
  }

  int requests() {
    return requests.get();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 20, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** One request, and its answer. On the event loop, but for what is said to have come. */
  @SuppressWarnings("NullAway.Init") // the head comes first
  final class Request extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final Script script;
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final List<Integer> bodyBytes = new CopyOnWriteArrayList<>();
    private ChannelHandlerContext ctx;
    private Http2Headers head;

    private Request(Script script) {
      this.script = script;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
      if (frame instanceof Http2HeadersFrame headers && head == null) {
        ctx = context;
        head = headers.headers();
        requests.incrementAndGet();
        script.answer(this);
      } else if (frame instanceof Http2DataFrame data) {
        bodyBytes.add(data.content().readableBytes());
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      events.add(event.getClass().getSimpleName());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      events.add("closed");
    }

    /** The first word of an event that starts so; null where none comes in time. */
    @Nullable String awaitClosed() throws InterruptedException {
      String event;
      do {
        event = events.poll(20, TimeUnit.SECONDS);
      } while (event != null && !event.equals("closed"));
      return event;
    }

    Http2Headers head() {
      return head;
    }

    int number() {
      return requests.get();
    }

    Channel stream() {
      return ctx.channel();
    }

    Request head(String status, boolean isLast, String... fields) {
      Http2Headers headers = new DefaultHttp2Headers();
      if (!status.isEmpty()) {
        headers.status(status);
      }
      for (int i = 0; i < fields.length; i += 2) {
        headers.add(fields[i], fields[i + 1]);
      }
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(headers, isLast));
      return this;
    }

    Request content(String text, boolean isLast) {
      ctx.writeAndFlush(
          new DefaultHttp2DataFrame(
              Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII), isLast));
      return this;
    }

    void reset(Http2Error code) {
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(code));
      ctx.close();
    }

    /** Tells the connection to go, with so many of the streams processed that are to be. */
    Request goAway(int extraStreams) {
      ctx.channel()
          .parent()
          .writeAndFlush(
              new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(extraStreams));
      return this;
    }
  }
}
