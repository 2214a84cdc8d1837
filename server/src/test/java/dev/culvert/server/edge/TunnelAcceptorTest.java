package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a listener does that cannot accept. */
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
}
