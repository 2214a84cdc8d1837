package dev.culvert.client.local;

import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.MalformedMessageException;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.netty.EarlyInput;
import dev.culvert.mux.netty.Relay;
import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream's way to its local service: reads the preamble, dials, answers with the status, and
 * joins the two.
 *
 * <p>What came with the preamble waits in an {@link EarlyInput}, and what follows it in the stream,
 * unread, until the service has taken the connection and, where it speaks TLS, shaken hands.
 */
final class StreamHandler extends ByteToMessageDecoder {
  /** How long a refused stream may take to go away after its status. */
  private static final long FAREWELL_SECONDS = 5;

  private final Map<Integer, LocalTarget> targets;
  private final LocalDialer dialer;
  private final RequestLog log;
  private @Nullable Future<?> deadline;

  StreamHandler(Map<Integer, LocalTarget> targets, LocalDialer dialer, RequestLog log) {
    this.targets = targets;
    this.dialer = dialer;
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
    ctx.read();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      StreamOpen open = StreamOpen.read(in);
      if (open != null) {
        Watch watch = watch(open);
        if (watch != null) {
          ctx.pipeline().addLast(watch.requestTap()); // a request is timed from when it comes
        }
        // The end of the input may be next, and a decoder drops what it holds at that.
        ctx.pipeline().addLast(new EarlyInput());
        ctx.pipeline().remove(this);
        accept((StreamChannel) ctx.channel(), open, watch);
      }
    } catch (MalformedMessageException e) {
      ctx.close();
    }
  }

  private @Nullable Watch watch(StreamOpen open) {
    LocalTarget target = targets.get(open.tunnel());
    if (open.kind() != TunnelKind.HTTP || target == null) {
      return null;
    }
    return target.scheme().isHttp2()
        ? new Http2Watch(open.tunnel(), log)
        : new HttpWatch(open.tunnel(), log);
  }

  private void accept(StreamChannel stream, StreamOpen open, @Nullable Watch watch) {
    LocalTarget target = targets.get(open.tunnel());
    if (target == null) {
      refuse(stream, new StreamStatus(StreamStatus.Code.UNKNOWN_TUNNEL, "no such tunnel here"));
      return;
    }
    Instant start = Instant.now();
    long startNanos = System.nanoTime();
    dialer
        .dial(stream.eventLoop(), target)
        .addListener((Future<Channel> done) -> {
          if (!done.isSuccess()) {
            StreamStatus status = LocalFailure.status(target, done.cause());
            if (watch == null) {
              log.onRequest(unreachable(open, start, startNanos, status));
            } else {
              tellOfRequest(stream, watch, status);
            }
            refuse(stream, status);
          } else if (!stream.isActive()) {
            RelayLeg.abort(done.getNow());
            if (watch != null) {
              watch.connectionEnded(new ClosedChannelException());
            }
          } else {
            join(stream, watch, (SocketChannel) done.getNow());
          }
        });
  }

  /** The log wants the request's head, which mostly is there; else it has until the stream ends. */
  private static void tellOfRequest(StreamChannel stream, Watch watch, StreamStatus status) {
    watch.serviceUnreachable(status.text());
    if (!stream.isActive()) {
      watch.connectionEnded(null);
    } else if (watch.isWatching()) {
      stream.closeFuture().addListener(closed -> watch.connectionEnded(null));
      stream.pipeline().addLast(new Discard(watch));
      stream.pipeline().remove(EarlyInput.class);
      stream.config().setAutoRead(true);
    }
  }

  private void join(StreamChannel stream, @Nullable Watch watch, SocketChannel local) {
    ByteBuf status = stream.alloc().buffer(8);
    StreamStatus.CONNECTED.write(status);
    stream.writeAndFlush(status);
    if (watch != null) {
      local.pipeline().addLast(watch.responseTap());
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
  }

  private static void refuse(StreamChannel stream, StreamStatus status) {
    ByteBuf bytes = stream.alloc().buffer(64);
    status.write(bytes);
    stream.writeAndFlush(bytes);
    stream.shutdownOutput();
    stream.eventLoop().schedule(() -> stream.close(), FAREWELL_SECONDS, TimeUnit.SECONDS);
  }

  private static RequestRecord unreachable(
      StreamOpen open, Instant start, long startNanos, StreamStatus status) {
    InetSocketAddress visitor = open.visitor();
    return new RequestRecord(
        open.tunnel(),
        start,
        "TCP",
        visitor == null ? "" : NetUtil.toSocketAddressString(visitor),
        0,
        System.nanoTime() - startNanos,
        0,
        RequestRecord.Outcome.UNREACHABLE,
        status.text());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  /** Drops what a refused stream brings while the watch looks for its request. */
  private static final class Discard extends ChannelInboundHandlerAdapter {
    private final Watch watch;

    Discard(Watch watch) {
      this.watch = watch;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
      ctx.channel().config().setAutoRead(watch.isWatching());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // The stream was reset, which closes it; nobody wants it any more.
    }
  }
}
