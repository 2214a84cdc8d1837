package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.StreamOpener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a listener does that cannot accept, or whose visitor cannot be taken on. */
final class TunnelAcceptorTest {
  @Test
  void nobodyIsAcceptedForASecondWhereDescriptorsAreUsedUp() {
    EmbeddedChannel listener =
        new EmbeddedChannel(
            new TunnelAcceptor(
                (preamble, initializer) -> GlobalEventExecutor.INSTANCE.newPromise(),
                new ChannelInboundHandlerAdapter()));

    listener.freezeTime();
    listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
    listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));

    assertThat(listener.config().isAutoRead()).isFalse();
    listener.advanceTimeBy(999, TimeUnit.MILLISECONDS);
    listener.runScheduledPendingTasks();
    assertThat(listener.config().isAutoRead()).isFalse();
    listener.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    listener.runScheduledPendingTasks();
    assertThat(listener.config().isAutoRead()).isTrue();
    listener.finishAndReleaseAll();
  }

  @Test
  void visitorThatNoEventLoopTakesIsCutAndTheListenerGoesOn() {
    EventLoopGroup ended = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    EventLoop loop = ended.next();
    ended.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();

    assertCut(() -> loop);
  }

  @Test
  void visitorWhoseTunnelFailsIsCutAndTheListenerGoesOn() {
    assertCut(() -> {
      throw new IllegalStateException("a fault");
    });
  }

  private static void assertCut(Supplier<EventLoop> loop) {
    StreamOpener opener =
        new StreamOpener() {
          @Override
          public Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer) {
            return GlobalEventExecutor.INSTANCE.newPromise();
          }

          @Override
          public EventLoop loop() {
            return loop.get();
          }
        };
    EmbeddedChannel listener =
        new EmbeddedChannel(new TunnelAcceptor(opener, new ChannelInboundHandlerAdapter()));
    NioSocketChannel visitor = new NioSocketChannel();

    listener.pipeline().fireChannelRead(visitor);

    assertThat(visitor.isOpen()).isFalse();
    assertThat(listener.config().isAutoRead()).isTrue();
    listener.finishAndReleaseAll();
  }
}
