package dev.culvert.bench.interop;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Our end of a session with a {@link PeerProgram}: echoes streams that are opened to it. */
final class PeerSession implements AutoCloseable {
  private static final int MAX_STREAMS = 4096;

  /** A peer may fill the first windows of 1,000 streams before it reads a byte of their echo. */
  private static final long MAX_UNREAD_BYTES = 256 << 20;

  private static final int WAIT_SECONDS = 20;

  final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
  final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();

  /** Why streams of the peer ended that did not end in order. */
  final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

  final PeerProgram program;
  private final BlockingQueue<StreamChannel> accepted = new LinkedBlockingQueue<>();
  private final MuxHandler mux;
  private final PeerConnection connection;
  private volatile Supplier<AcceptedStream> acceptor = AcceptedStream.Echo::new;

  /** Ours is {@code role}; {@code state} is where the key of TLS goes. */
  PeerSession(PeerLibrary library, Role role, Wrapping wrapping, Path state) throws Exception {
    SessionConfig config =
        SessionConfig.STANDARD
            .withMaxStreams(MAX_STREAMS, MAX_STREAMS)
            .withMaxMemory(MAX_UNREAD_BYTES);
    mux = new MuxHandler(role, config, new Acceptor(), this::onEvent);
    Role peerRole = role == Role.CLIENT ? Role.SERVER : Role.CLIENT;
    connection = new PeerConnection(library, peerRole, wrapping, state, mux);
    program = connection.program;
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
        .channel
        .eventLoop()
        .submit(() -> mux.session().openStreams())
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  void ping() {
    connection.channel.eventLoop().execute(() -> mux.session().ping());
  }

  /** Sends GoAway past our session, between two of its frames: the session goes on. */
  void sendGoAway(int code) {
    byte[] frame = {0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) code};
    connection.channel.writeAndFlush(Unpooled.wrappedBuffer(frame)).syncUninterruptibly();
  }

  void closeSession() {
    mux.close("the test is over");
  }

  @Override
  public void close() {
    connection.close();
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
