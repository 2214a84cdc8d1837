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
import dev.culvert.tls.TunnelProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first words on a client's connection: reads Hello, answers Welcome or Refusal.
 *
 * <p>Goes behind TLS. After Welcome the handler gives its place to the session's mux; an
 * unauthenticated peer never reaches that. A client that says more before it is answered, or
 * nothing for {@link ControlProtocol#DEADLINE}, is refused or cut off.
 */
public final class Handshake extends ByteToMessageDecoder {
  private static final Logger logger = LoggerFactory.getLogger(Handshake.class);

  private final Agents agents;
  private final int maxStreams;
  private final String software;
  private @Nullable Future<?> deadline;
  private boolean isVerifying;
  private boolean isAnswered;

  /**
   * A handshake for one connection.
   *
   * @param maxStreams streams the client may have open at a time
   * @param software name and version of this server
   */
  public Handshake(Agents agents, int maxStreams, String software) {
    this.agents = agents;
    this.maxStreams = maxStreams;
    this.software = software;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(
                () -> ctx.close(), ControlProtocol.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    stopDeadline();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    stopDeadline();
    super.channelInactive(ctx);
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent tls && tls.isSuccess() && !isTunnel(ctx)) {
      ctx.close();
    }
    super.userEventTriggered(ctx, event);
  }

  /** BoringSSL lets a peer in that offers other protocols, or none. */
  private static boolean isTunnel(ChannelHandlerContext ctx) {
    return TunnelProtocol.isNegotiated(ctx.pipeline().get(SslHandler.class));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (isAnswered) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (isVerifying) {
      refuse(ctx, EndCode.UNSUPPORTED, "the client did not wait for Welcome");
      return;
    }
    try {
      Hello hello = ControlCodec.readHello(in);
      if (hello != null) {
        receive(ctx, hello);
      }
    } catch (MalformedMessageException e) {
      refuse(ctx, EndCode.UNSUPPORTED, "the client sent " + e.getMessage());
    }
  }

  private void receive(ChannelHandlerContext ctx, Hello hello) {
    if (hello.version() != ControlProtocol.VERSION) {
      refuse(
          ctx,
          EndCode.UNSUPPORTED,
          "protocol version "
              + hello.version()
              + " is not spoken here (expected: "
              + ControlProtocol.VERSION
              + "); use a client of the server's version");
      return;
    }
    isVerifying = true;
    agents
        .verifier()
        .verify(hello.token())
        .thenAcceptAsync(verification -> verified(ctx, hello, verification), ctx.executor());
  }

  private void verified(ChannelHandlerContext ctx, Hello hello, Verification verification) {
    if (isAnswered || !ctx.channel().isActive()) {
      return;
    }
    switch (verification) {
      case Verification.Accepted(var grant) -> admit(ctx, hello, grant);
      case Verification.Rejected(var reason, var message) ->
          refuse(
              ctx,
              reason == Verification.Reason.BUSY ? EndCode.BUSY : EndCode.UNAUTHORIZED,
              message);
    }
  }

  private void admit(ChannelHandlerContext ctx, Hello hello, Grant grant) {
    AgentSession session = agents.admit(grant, hello, ctx.channel());
    if (session == null) {
      refuse(ctx, EndCode.BUSY, "the session to join is gone, or the server stops");
      return;
    }
    isAnswered = true;
    ctx.writeAndFlush(
        ControlCodec.encode((HelloAnswer) new Welcome(session.id(), maxStreams, software)));
    ctx.pipeline().remove(ConnectionLimit.class);
    ctx.pipeline().addLast(session.mux());
    ctx.pipeline().remove(this);
  }

  private void refuse(ChannelHandlerContext ctx, EndCode code, String message) {
    if (!isAnswered) {
      isAnswered = true;
      logger.info("refused {}: {}", Agents.peer(ctx.channel()), message);
      ctx.writeAndFlush(ControlCodec.encode((HelloAnswer) new Refusal(code, message)))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    logger.debug("handshake with {} failed", Agents.peer(ctx.channel()), cause);
    ctx.close();
  }
}
