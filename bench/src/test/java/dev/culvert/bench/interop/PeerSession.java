package dev.culvert.bench.interop;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.netty.Transport;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Our end of a session with a {@link PeerProgram}: echoes streams that are opened to it. */
final class PeerSession implements AutoCloseable {
  private static final int MAX_STREAMS = 4096;

  final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
  final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();

  /** Why streams of the peer ended that did not end in order. */
  final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

  final PeerProgram program;
  private final EventLoopGroup loops = Transport.preferred().newEventLoopGroup(1, "interop");
  private final MuxHandler mux;
  private final CompletableFuture<Channel> connection = new CompletableFuture<>();
  private final @Nullable ServerTls tls;

  PeerSession(PeerLibrary library, Role role, Wrapping wrapping, Path state) throws Exception {
    tls =
        wrapping == Wrapping.TLS
            ? ServerTls.https(DevAuthority.loadOrCreate(state).issue(List.of("localhost")))
            : null;
    mux =
        new MuxHandler(
            role,
            SessionConfig.STANDARD.withMaxStreams(MAX_STREAMS, MAX_STREAMS),
            new Acceptor(),
            this::onEvent);
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(Transport.preferred().serverChannel())
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls == null) {
                      startSession(channel);
                    } else {
                      SslHandler handler = tls.newHandler(channel.alloc());
                      channel.pipeline().addLast(handler);
                      handler.handshakeFuture().addListener(done -> startSession(channel));
                    }
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    program =
        PeerProgram.start(
            library,
            role == Role.CLIENT ? "server" : "client",
            (InetSocketAddress) listener.localAddress(),
            wrapping);
    connection.get(20, TimeUnit.SECONDS);
    listener.close().sync();
  }

  /** Behind TLS only once it has shaken hands: before, an SslHandler spins on a large write. */
  private void startSession(Channel channel) {
    channel.pipeline().addLast(mux);
    connection.complete(channel);
  }

  private void onEvent(SessionEvent event) {
    events.add(event);
    if (event instanceof SessionEvent.Ended(SessionEnd end)) {
      ended.complete(end);
    }
  }

  StreamChannel open(PatternStream stream) throws Exception {
    return mux.open(stream).get(20, TimeUnit.SECONDS);
  }

  int openStreams() throws Exception {
    return connection.join().eventLoop().submit(() -> mux.session().openStreams()).get();
  }

  void ping() {
    connection.join().eventLoop().execute(() -> mux.session().ping());
  }

  void closeSession() {
    mux.close("the test is over");
  }

  @Override
  public void close() {
    program.close();
    connection.join().close().syncUninterruptibly();
    loops.shutdownGracefully(50, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    if (tls != null) {
      tls.close();
    }
  }

  @Sharable
  private final class Acceptor extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel channel) {
      channel.pipeline().addLast(new Echo());
    }
  }

  private final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write((ByteBuf) message);
      if (!ctx.channel().isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        ((StreamChannel) ctx.channel()).shutdownOutput();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failures.add(cause);
    }
  }
}
