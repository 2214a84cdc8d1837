package dev.culvert.tls;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A server that a client visits again and again, each time over a new connection. */
final class Reunion implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final Loopback loopback = new Loopback();
  private final int port;
  private final List<Map<Integer, String>> offers = new CopyOnWriteArrayList<>();
  private volatile CompletableFuture<NegotiatedTls> accepted = new CompletableFuture<>();

  /** What each end says of a connection. */
  record Visit(NegotiatedTls client, NegotiatedTls server) {}

  /** {@code server} is asked at each connection. */
  Reunion(Supplier<ServerTls> server) throws Exception {
    port =
        loopback.listen(channel -> {
          loopback.add(channel, server.get().newHandler(channel.alloc()));
          channel.pipeline().addFirst(new ClientHelloTap(offers::add));
          channel.pipeline().addBefore(channel.pipeline().lastContext().name(), null, host());
        });
  }

  /** Says a byte behind its tickets, for the visitor to wait for. */
  private ChannelHandler host() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
          accepted.complete(NegotiatedTls.of(ctx.channel()));
          ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        }
      }
    };
  }

  /**
   * Connects as to {@code host}, waits for what the server says last, and leaves. The first failure
   * is thrown.
   */
  Visit visit(ClientTls tls, String host) throws Exception {
    accepted = new CompletableFuture<>();
    CompletableFuture<NegotiatedTls> dialled = new CompletableFuture<>();
    Channel channel =
        loopback.connect(
            port,
            connecting -> {
              loopback.add(connecting, tls.newHandler(connecting.alloc(), host, 443));
              connecting
                  .pipeline()
                  .addBefore(connecting.pipeline().lastContext().name(), null, guest(tls, dialled));
            });
    try {
      NegotiatedTls client = dialled.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return new Visit(client, accepted.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    } finally {
      channel.close().sync();
    }
  }

  private static ChannelHandler guest(ClientTls tls, CompletableFuture<NegotiatedTls> dialled) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
          if (handshake.isSuccess()) {
            tls.requireTrusted(ctx.channel());
          } else {
            throw (Exception) handshake.cause();
          }
        }
      }

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
        dialled.complete(NegotiatedTls.of(ctx.channel()));
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        dialled.completeExceptionally(cause);
      }
    };
  }

  /** The extensions of each visit's ClientHello, as hex by number. */
  List<Map<Integer, String>> offers() {
    return offers;
  }

  @Override
  public void close() {
    loopback.close();
  }
}
