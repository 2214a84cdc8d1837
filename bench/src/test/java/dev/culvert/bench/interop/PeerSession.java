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
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Our end of a session with a {@link PeerProgram}: echoes streams that are opened to it. */
final class PeerSession implements AutoCloseable {
  private static final int MAX_STREAMS = 4096;
  private static final int WAIT_SECONDS = 20;

  final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
  final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();

  /** Why streams of the peer ended that did not end in order. */
  final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

  final PeerProgram program;
  private final BlockingQueue<StreamChannel> accepted = new LinkedBlockingQueue<>();
  private final EventLoopGroup loops = Transport.preferred().newEventLoopGroup(1, "interop");
  private final MuxHandler mux;
  private final CompletableFuture<Channel> connection = new CompletableFuture<>();
  private final @Nullable ServerTls tls;
  private volatile Supplier<AcceptedStream> acceptor = AcceptedStream.Echo::new;

  /** Ours is {@code role}; {@code state} is where the key of TLS goes. */
  PeerSession(PeerLibrary library, Role role, Wrapping wrapping, Path state) throws Exception {
    SessionConfig config = SessionConfig.STANDARD.withMaxStreams(MAX_STREAMS, MAX_STREAMS);
    mux = new MuxHandler(role, config, new Acceptor(), this::onEvent);
    Path authorityFile = null;
    if (wrapping == Wrapping.TLS) {
      DevAuthority authority = DevAuthority.loadOrCreate(state);
      tls = ServerTls.https(authority.issue(List.of("localhost")));
      authorityFile = authority.certificateFile();
    } else {
      tls = null;
    }
    Channel listener = listen();
    Role peerRole = role == Role.CLIENT ? Role.SERVER : Role.CLIENT;
    program =
        PeerProgram.start(
            library, peerRole, (InetSocketAddress) listener.localAddress(), authorityFile);
    connection.get(WAIT_SECONDS, TimeUnit.SECONDS);
    listener.close().sync();
  }

  private Channel listen() throws InterruptedException {
    return new ServerBootstrap()
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

  /** What becomes of streams that the peer opens from now on. */
  void accept(Supplier<AcceptedStream> acceptor) {
    this.acceptor = acceptor;
  }

  /** The first, second... stream that the peer has opened. */
  StreamChannel nextAccepted() throws InterruptedException {
    StreamChannel stream = accepted.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("the peer has opened no stream");
    }
    return stream;
  }

  StreamChannel open(PatternStream stream) throws Exception {
    return mux.open(stream).get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  int openStreams() throws Exception {
    return connection
        .join()
        .eventLoop()
        .submit(() -> mux.session().openStreams())
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  void ping() {
    connection.join().eventLoop().execute(() -> mux.session().ping());
  }

  /** Sends GoAway past our session, between two of its frames: the session goes on. */
  void sendGoAway(int code) {
    byte[] frame = {0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) code};
    connection.join().writeAndFlush(Unpooled.wrappedBuffer(frame)).syncUninterruptibly();
  }

  void closeSession() {
    mux.close("the test is over");
  }

  @Override
  public void close() {
    program.close();
    connection.join().close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    if (tls != null) {
      tls.close();
    }
  }

  @Sharable
  private final class Acceptor extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel channel) {
      channel.pipeline().addLast(acceptor.get(), new FailureLog());
      accepted.add(channel);
    }
  }

  private final class FailureLog extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failures.add(cause);
    }
  }
}
