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
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
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
 * <p>What came with the preamble waits in an {@link EarlyInput}, and what follows it in the stream,
 * unread, until the service has taken the connection and, where it speaks TLS, shaken hands.
 */
final class StreamHandler extends ByteToMessageDecoder {
  /** How long a refused stream may take to go away after its status. */
  private static final long FAREWELL_SECONDS = 5;

  private final Map<Integer, LocalTarget> targets;
  private final Dialer dialer;
  private final LocalTls tls;
  private final RequestLog log;
  private @Nullable Future<?> deadline;

  StreamHandler(Map<Integer, LocalTarget> targets, Dialer dialer, LocalTls tls, RequestLog log) {
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
    ctx.read();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      StreamOpen open = StreamOpen.read(in);
      if (open != null) {
        // The end of the input may be next, and a decoder drops what it holds at that.
        ctx.pipeline().addLast(new EarlyInput());
        ctx.pipeline().remove(this);
        accept((StreamChannel) ctx.channel(), open);
      }
    } catch (MalformedMessageException e) {
      ctx.close();
    }
  }

  private void accept(StreamChannel stream, StreamOpen open) {
    LocalTarget target = targets.get(open.tunnel());
    if (target == null) {
      refuse(stream, new StreamStatus(StreamStatus.Code.UNKNOWN_TUNNEL, "no such tunnel here"));
      return;
    }
    Instant start = Instant.now();
    long startNanos = System.nanoTime();
    dial(stream.eventLoop(), target)
        .addListener((Future<Channel> done) -> {
          if (!done.isSuccess()) {
            StreamStatus status = status(target, done.cause());
            if (open.kind() == TunnelKind.HTTP) {
              log.onRequest(unreachable(open.tunnel(), start, startNanos, status));
            }
            refuse(stream, status);
          } else if (!stream.isActive()) {
            RelayLeg.abort(done.getNow());
          } else {
            join(stream, open, (SocketChannel) done.getNow());
          }
        });
  }

  /** The connection to {@code target}; one under TLS has been through the handshake. */
  private Future<Channel> dial(EventLoop loop, LocalTarget target) {
    Future<Channel> dialled =
        dialer.dial(
            loop,
            target.host(),
            target.port(),
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel local) throws SSLException {
                if (target.scheme() == LocalTarget.Scheme.HTTPS) {
                  local.config().setAllowHalfClosure(false); // nobody shakes one hand
                  local
                      .pipeline()
                      .addLast(tls.newHandler(local.alloc(), target), CloseNotifyHandler.INSTANCE);
                }
                local.pipeline().addLast(new EarlyInput());
              }
            });
    if (target.scheme() != LocalTarget.Scheme.HTTPS) {
      return dialled;
    }
    Promise<Channel> secured = loop.newPromise();
    dialled.addListener((Future<Channel> done) -> shakeHands(done, secured));
    return secured;
  }

  private static void shakeHands(Future<Channel> dialled, Promise<Channel> secured) {
    if (!dialled.isSuccess()) {
      secured.setFailure(dialled.cause());
      return;
    }
    Channel local = dialled.getNow();
    local
        .pipeline()
        .get(SslHandler.class)
        .handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            secured.setSuccess(local);
          } else {
            local.close();
            secured.setFailure(done.cause());
          }
        });
    local.read();
  }

  private void join(StreamChannel stream, StreamOpen open, SocketChannel local) {
    ByteBuf status = stream.alloc().buffer(8);
    StreamStatus.CONNECTED.write(status);
    stream.writeAndFlush(status);
    HttpWatch watch = open.kind() == TunnelKind.HTTP ? new HttpWatch(open.tunnel(), log) : null;
    if (watch != null) {
      stream.pipeline().addLast(watch.requestTap()); // behind what came early
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

  private static StreamStatus status(LocalTarget target, @Nullable Throwable cause) {
    String message = cause == null ? null : cause.getMessage();
    if (cause instanceof ConnectTimeoutException || cause instanceof SslHandshakeTimeoutException) {
      return new StreamStatus(
          StreamStatus.Code.TIMED_OUT, target.address() + " did not answer in time");
    }
    if (cause instanceof ConnectException && message != null && message.contains("refused")) {
      return new StreamStatus(
          StreamStatus.Code.REFUSED, target.address() + " refused the connection");
    }
    if (cause instanceof SSLException || cause instanceof DecoderException) {
      return new StreamStatus(
          StreamStatus.Code.UNREACHABLE, target.address() + " does not take part in TLS");
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
