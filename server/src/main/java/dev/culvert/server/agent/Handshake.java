package dev.culvert.server.agent;

import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.HelloAnswer.Refusal;
import dev.culvert.mux.control.HelloAnswer.Welcome;
import dev.culvert.mux.control.MalformedMessageException;
import dev.culvert.mux.socket.ConnectionLimit;
import dev.culvert.server.token.Grant;
import dev.culvert.server.token.Verification;
import dev.culvert.server.visitor.Origin;
import dev.culvert.server.visitor.Source;
import dev.culvert.tls.ClientHelloDispatch;
import dev.culvert.tls.TunnelProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first words on a client's connection: reads Hello, answers Welcome or Refusal.
 *
 * <p>Goes behind TLS. After Welcome the handler gives its place to the session's mux; an
 * unauthenticated peer never reaches that. A client that says more before it is answered is
 * refused; one that is not let in ten seconds after it connected, TLS included, is cut off. Each
 * failure is told to the {@link Doorkeeper}, and its refusal may have to wait for a while: on a
 * timer, in its place among the unauthenticated, and unread.
 */
final class Handshake extends ByteToMessageDecoder {
  private static final Logger logger = LoggerFactory.getLogger(Handshake.class);

  private final Agents agents;
  private final Doorkeeper doorkeeper;
  private final int maxStreams;
  private final String software;
  private Origin origin = Origin.NONE;
  private long deadlineNanos; // by the event loop's ticker

  /** What happens next by itself: the connection is cut off, or the refusal that waits is sent. */
  private @Nullable Future<?> timer;

  private boolean isVerifying;
  private boolean isDecided;

  /**
   * A handshake for one connection.
   *
   * @param maxStreams streams the client may have open at a time
   * @param software name and version of this server
   */
  Handshake(Agents agents, Doorkeeper doorkeeper, int maxStreams, String software) {
    this.agents = agents;
    this.doorkeeper = doorkeeper;
    this.maxStreams = maxStreams;
    this.software = software;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    origin = Source.origin(ctx.channel());
    isDecided = !ctx.channel().isOpen(); // turned away at the door
    if (!isDecided) {
      long nanosLeft = ClientHelloDispatch.nanosLeft(ctx.channel());
      deadlineNanos = ctx.executor().ticker().nanoTime() + nanosLeft;
      schedule(ctx, () -> late(ctx), nanosLeft);
    }
  }

  private void schedule(ChannelHandlerContext ctx, Runnable task, long nanos) {
    stopTimer();
    timer = ctx.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void late(ChannelHandlerContext ctx) {
    if (!isVerifying) { // else it was this server that took its time
      failed(Failure.late("Hello"));
    }
    isDecided = true;
    ctx.close();
  }

  /** The connection is lost to this failure, unless to an earlier one; zero where it was. */
  private Duration failed(Failure failure) {
    if (isDecided) {
      return Duration.ZERO;
    }
    isDecided = true;
    return doorkeeper.failed(origin, failure);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    stopTimer();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    stopTimer();
    super.channelInactive(ctx);
    if (!isVerifying) {
      failed(Failure.left());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent tls) {
      if (!tls.isSuccess()) {
        failed(
            tls.cause() instanceof ClosedChannelException
                ? Failure.left()
                : Failure.tls(String.valueOf(tls.cause().getMessage())));
      } else if (!isTunnel(ctx)) {
        failed(Failure.tls("the peer did not agree to " + TunnelProtocol.ALPN));
        ctx.close();
      }
    }
    super.userEventTriggered(ctx, event);
  }

  /** BoringSSL lets a peer in that offers other protocols, or none. */
  private static boolean isTunnel(ChannelHandlerContext ctx) {
    return TunnelProtocol.isNegotiated(ctx.pipeline().get(SslHandler.class));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (isDecided) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (isVerifying) {
      String message = "the client did not wait for Welcome";
      refuse(ctx, EndCode.UNSUPPORTED, message, failed(Failure.hello(message)));
      return;
    }
    try {
      Hello hello = ControlCodec.readHello(in);
      if (hello != null) {
        receive(ctx, hello);
      }
    } catch (MalformedMessageException e) {
      String message = "the client sent " + e.getMessage();
      refuse(ctx, EndCode.UNSUPPORTED, message, failed(Failure.hello(message)));
    }
  }

  private void receive(ChannelHandlerContext ctx, Hello hello) {
    if (hello.version() != ControlProtocol.VERSION) {
      String message =
          "protocol version "
              + hello.version()
              + " is not spoken here (expected: "
              + ControlProtocol.VERSION
              + "); use a client of the server's version";
      refuse(ctx, EndCode.UNSUPPORTED, message, failed(Failure.version(message)));
      return;
    }
    isVerifying = true;
    agents
        .verifier()
        .verify(hello.token())
        .thenAcceptAsync(verification -> verified(ctx, hello, verification), ctx.executor());
  }

  /** Counts also where the client did not wait for the answer: not to wait would be a way out. */
  private void verified(ChannelHandlerContext ctx, Hello hello, Verification verification) {
    if (isDecided) {
      return;
    }
    switch (verification) {
      case Verification.Accepted(var grant) -> {
        if (ctx.channel().isActive()) {
          admit(ctx, hello, grant);
        }
      }
      case Verification.Rejected rejected -> {
        if (rejected.reason() == Verification.Reason.BUSY) {
          isDecided = true;
          doorkeeper.busy(origin);
          refuse(ctx, EndCode.BUSY, rejected.message(), Duration.ZERO);
        } else {
          refuse(
              ctx,
              EndCode.UNAUTHORIZED,
              rejected.message(),
              failed(Failure.token(rejected, hello.token())));
        }
      }
    }
  }

  private void admit(ChannelHandlerContext ctx, Hello hello, Grant grant) {
    isDecided = true;
    AgentSession session = agents.admit(grant, hello, ctx.channel());
    if (session == null) {
      String message = "the session to join is gone, or the server stops";
      logger.info("refused {}: {}", Agents.peer(ctx.channel()), message);
      refuse(ctx, EndCode.BUSY, message, Duration.ZERO);
      return;
    }
    doorkeeper.admitted(origin, ctx.channel());
    ctx.writeAndFlush(
        ControlCodec.encode((HelloAnswer) new Welcome(session.id(), maxStreams, software)));
    ctx.pipeline().remove(ConnectionLimit.class);
    ctx.pipeline().remove(Doorkeeper.class);
    ctx.pipeline().addLast(session.mux());
    ctx.pipeline().remove(this);
  }

  private void refuse(ChannelHandlerContext ctx, EndCode code, String message, Duration delay) {
    long nanosLeft = deadlineNanos - ctx.executor().ticker().nanoTime();
    long nanos = Math.min(delay.toNanos(), nanosLeft);
    if (!ctx.channel().isActive() || nanos <= 0) {
      send(ctx, new Refusal(code, message));
      return;
    }
    ctx.channel().config().setAutoRead(false);
    schedule(ctx, () -> send(ctx, new Refusal(code, message)), nanos);
  }

  private static void send(ChannelHandlerContext ctx, Refusal refusal) {
    ctx.writeAndFlush(ControlCodec.encode((HelloAnswer) refusal))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    logger.debug("handshake with {} failed", Agents.peer(ctx.channel()), cause);
    if (cause instanceof DecoderException) {
      failed(Failure.tls(String.valueOf(cause.getMessage())));
    }
    ctx.close();
  }
}
