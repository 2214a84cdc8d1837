package dev.culvert.mux.socket;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.netty.ByteSequence;
import dev.culvert.mux.netty.Echo;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Descriptors that are reused at once. Two connections are answered together; the first answer
 * closes both, so that an event of the second is still to come in the same batch, and has two new
 * ones opened as a task, that is after the batch. Opened within it, one of them could have the
 * descriptor, and on epoll the event, of the connection just closed.
 */
@Timeout(120)
final class ConnectionChurnTest {
  private static final int PAIRS = 1_000;
  private static final int PAIRS_AT_ONCE = 25;

  @ParameterizedTest
  @EnumSource
  void connectionsOpenedAfterTheBatchOfEventsAllWork(Transport transport) throws Exception {
    try (Loopback loopback = new Loopback(transport)) {
      Channel server =
          new ServerBootstrap()
              .group(loopback.group)
              .channelFactory(transport.serverChannel())
              .childHandler(new Echo())
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      Churn churn =
          new Churn(
              new Bootstrap()
                  .group(loopback.group)
                  .channelFactory(transport.socketChannel())
                  .remoteAddress((InetSocketAddress) server.localAddress()));

      for (int i = 0; i < PAIRS_AT_ONCE; i++) {
        server.eventLoop().execute(churn::openNext);
      }

      boolean finished = churn.finished.await(Loopback.PATIENCE.toSeconds(), SECONDS);
      assertThat(churn.failures).isEmpty();
      assertThat(finished).isTrue();
      server.close().sync();
    }
  }

  /** Event loop only, but for the latch; read {@code failures} after it. */
  private static final class Churn {
    final CountDownLatch finished = new CountDownLatch(PAIRS);
    final List<Throwable> failures = new ArrayList<>();
    private final Bootstrap bootstrap;
    private int opened;

    Churn(Bootstrap bootstrap) {
      this.bootstrap = bootstrap;
    }

    void openNext() {
      if (opened == PAIRS) {
        return;
      }
      opened++;
      Pair pair = new Pair();
      bootstrap.clone().handler(pair).connect().addListener(pair::connected);
      bootstrap.clone().handler(pair).connect().addListener(pair::connected);
    }

    /** Sends a byte on each of two connections and closes both when the first comes back. */
    @Sharable
    private final class Pair extends ChannelInboundHandlerAdapter {
      private final List<Channel> channels = new ArrayList<>();
      private boolean done;

      void connected(Future<? super Void> connect) {
        if (!connect.isSuccess()) {
          failures.add(connect.cause());
        }
      }

      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        channels.add(ctx.channel());
        if (channels.size() == 2) {
          for (Channel channel : channels) {
            var _ = channel.writeAndFlush(ByteSequence.slice(0, 1), channel.voidPromise());
          }
        }
      }

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        ((ByteBuf) message).release();
        if (!done) {
          done = true;
          for (Channel channel : channels) {
            var _ = channel.close();
          }
          finished.countDown();
          ctx.channel().eventLoop().execute(Churn.this::openNext);
        }
      }

      @Override
      public void channelInactive(ChannelHandlerContext ctx) {
        if (!done) {
          failures.add(new IllegalStateException("closed before the echo"));
        }
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failures.add(cause);
      }
    }
  }
}
