package dev.culvert.client.link;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.HelloAnswer.Refusal;
import dev.culvert.mux.control.HelloAnswer.Welcome;
import dev.culvert.mux.control.MalformedMessageException;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.tls.NegotiatedTls;
import dev.culvert.tls.TunnelProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client's first words: Hello behind TLS, then the mux behind Welcome. */
final class Handshake extends ByteToMessageDecoder {
  private final Link link;
  private final ServerCheck check;
  private final Hello hello;
  private final ChannelHandler acceptor;
  private @Nullable Future<?> deadline;
  private boolean isOver;

  /** Has the last word on a server behind TLS. */
  @FunctionalInterface
  interface ServerCheck {
    /** Throws what is meant for people. */
    void requireTrusted(Channel connection) throws CertificateException;
  }

  Handshake(Link link, ServerCheck check, Hello hello, ChannelHandler acceptor) {
    this.link = link;
    this.check = check;
    this.hello = hello;
    this.acceptor = acceptor;
    setSingleDecode(true);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        secured(ctx);
      } else {
        link.failed(handshake.cause());
      }
    }
    super.userEventTriggered(ctx, event);
  }

  private void secured(ChannelHandlerContext ctx) {
    try {
      check.requireTrusted(ctx.channel());
    } catch (CertificateException e) {
      link.failed(e);
      return;
    }
    if (TunnelProtocol.isNegotiated(ctx.pipeline().get(SslHandler.class))) {
      link.secured(NegotiatedTls.of(ctx.channel()));
      sayHello(ctx);
    } else {
      link.failed("is no tunnel server");
    }
  }

  private void sayHello(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(ControlCodec.encode(hello));
    deadline =
        ctx.executor()
            .schedule(
                () -> link.failed("accepts the connection and says nothing"),
                ControlProtocol.DEADLINE.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (isOver) {
      in.skipBytes(in.readableBytes()); // there is one answer, and no other behind it
      return;
    }
    try {
      HelloAnswer answer = ControlCodec.readHelloAnswer(in);
      switch (answer) {
        case null -> {}
        case Welcome welcome -> startSession(ctx, welcome);
        case Refusal refusal -> {
          isOver = true;
          link.refused(refusal);
        }
      }
    } catch (MalformedMessageException e) {
      isOver = true;
      link.failed("is no tunnel server: it sent " + e.getMessage());
    }
  }

  private void startSession(ChannelHandlerContext ctx, Welcome welcome) {
    MuxHandler mux =
        new MuxHandler(
            Role.CLIENT,
            SessionConfig.STANDARD.withMaxStreams(hello.maxStreams(), welcome.maxStreams()),
            acceptor,
            link::onEvent);
    ctx.pipeline().addLast(mux);
    mux.open(
            new ChannelInitializer<StreamChannel>() {
              @Override
              protected void initChannel(StreamChannel control) {
                control.pipeline().addLast(new ControlHandler(link));
              }
            })
        .addListener((Future<StreamChannel> done) -> {
          if (done.isSuccess()) {
            link.welcomed(welcome, done.getNow());
          } else {
            link.failed(done.cause());
          }
        });
    ctx.pipeline().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    link.failed(cause);
  }
}
