package dev.culvert.client.local;

import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.MalformedMessageException;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.netty.Dialer;
import dev.culvert.mux.netty.EarlyInput;
import dev.culvert.mux.netty.Relay;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.tls.CloseNotifyHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One stream's way to its local service: reads the preamble, dials, answers with the status, and
 * joins the two.
 *
 * <p>What follows the preamble waits in the stream, unread, until the service has taken the
 * connection.
 */
final class StreamHandler extends ByteToMessageDecoder {
  /** How long a refused stream may take to go away after its status. */
  private static final long FAREWELL_SECONDS = 5;

  private final Map<Integer, LocalTarget> targets;
  private final Dialer dialer;
  private final LocalTls tls;
  private final RequestLog log;
  private @Nullable Future<?> deadline;
  private boolean isDialling;

  StreamHandler(
      Map<Integer, LocalTarget> targets, Dialer dialer, LocalTls tls, RequestLog log) {
    this.targets = targets;
    this.dialer = dialer;
    this.tls = tls;
    this.log = log;
    setSingleDecode(true);
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

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!isDialling) {
      ctx.read();
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (isDialling) {
      return;
    }
    try {
      StreamOpen open = StreamOpen.read(in);
      if (open != null) {
        isDialling = true;
        stopDeadline();
        accept(ctx, open);
      }
    } catch (MalformedMessageException e) {
      ctx.close();
    }
  }

  private void accept(ChannelHandlerContext ctx, StreamOpen open) {
    LocalTarget target = targets.get(open.tunnel());
    if (target == null) {
      refuse(ctx, new StreamStatus(StreamStatus.Code.UNKNOWN_TUNNEL, "no such tunnel here"));
      return;
    }
    Instant start = Instant.now();
    long startNanos = System.nanoTime();
    dialer
        .dial(
            ctx.channel().eventLoop(),
            target.host(),
            target.port(),
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel local) throws SSLException {
                if (target.scheme() == LocalTarget.Scheme.HTTPS) {
                  local
                      .pipeline()
                      .addLast(
                          tls.newHandler(local.alloc(), target), CloseNotifyHandler.INSTANCE);
                }
                local.pipeline().addLast(new EarlyInput());
              }
            })
        .addListener(
            (Future<Channel> done) -> {
              if (!done.isSuccess()) {
                StreamStatus status = status(target, done.cause());
                if (open.kind() == TunnelKind.HTTP) {
                  log.onRequest(unreachable(open.tunnel(), start, startNanos, status));
                }
                refuse(ctx, status);
              } else if (!ctx.channel().isActive()) {
                RelayLeg.abort(done.getNow());
              } else {
                join(ctx, open, (SocketChannel) done.getNow());
              }
            });
  }

  private void join(ChannelHandlerContext ctx, StreamOpen open, SocketChannel local) {
    StreamChannel stream = (StreamChannel) ctx.channel();
    ByteBuf status = ctx.alloc().buffer(8);
    StreamStatus.CONNECTED.write(status);
    ctx.writeAndFlush(status);
    HttpWatch watch = open.kind() == TunnelKind.HTTP ? new HttpWatch(open.tunnel(), log) : null;
    if (watch != null) {
      stream.pipeline().addLast(watch.requestTap());
      local.pipeline().addLast(watch.responseTap()); // behind what came early
    }
    SslHandler localTls = local.pipeline().get(SslHandler.class);
    Relay.join(
        RelayLeg.of(stream),
        localTls == null ? RelayLeg.of(local) : RelayLeg.ofTls(local, localTls::closeOutbound),
        end -> {
          if (watch != null) {
            watch.connectionEnded(end.cause());
          }
        });
    ctx.pipeline().remove(this);
  }

  private static void refuse(ChannelHandlerContext ctx, StreamStatus status) {
    ByteBuf bytes = ctx.alloc().buffer(64);
    status.write(bytes);
    ctx.writeAndFlush(bytes);
    ((StreamChannel) ctx.channel()).shutdownOutput();
    ctx.executor().schedule(() -> ctx.close(), FAREWELL_SECONDS, TimeUnit.SECONDS);
  }

  private static StreamStatus status(LocalTarget target, @Nullable Throwable cause) {
    String message = cause == null ? null : cause.getMessage();
    if (cause instanceof ConnectTimeoutException) {
      return new StreamStatus(
          StreamStatus.Code.TIMED_OUT, target.address() + " did not answer in time");
    }
    if (cause instanceof ConnectException && message != null && message.contains("refused")) {
      return new StreamStatus(
          StreamStatus.Code.REFUSED, target.address() + " refused the connection");
    }
    return new StreamStatus(
        StreamStatus.Code.UNREACHABLE, target.address() + " cannot be reached: " + message);
  }

  private static RequestRecord unreachable(
      int tunnel, Instant start, long startNanos, StreamStatus status) {
    return new RequestRecord(
        tunnel,
        start,
        "",
        "",
        502,
        System.nanoTime() - startNanos,
        0,
        RequestRecord.Outcome.UNREACHABLE,
        status.text());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
