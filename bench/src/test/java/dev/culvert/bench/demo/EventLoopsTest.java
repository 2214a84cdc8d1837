package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class EventLoopsTest {
  @Test
  void listenerIsClosedEvenRightAfterItWasBound() {
    EventLoops loops = new EventLoops("loops-test", 1);
    Channel listener = bind(loops);

    loops.own(listener);
    loops.close();

    assertThat(listener.isOpen()).isFalse();
    assertThatThrownBy(() -> new RawHttp((InetSocketAddress) listener.localAddress()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void closedLoopsHaveNoThreads() {
    EventLoops loops = new EventLoops("loops-end-test", 2);
    loops.own(bind(loops));

    loops.close();

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("loops-end-test"));
  }

  private static Channel bind(EventLoops loops) {
    return new ServerBootstrap()
        .group(loops.group())
        .channel(NioServerSocketChannel.class)
        .childHandler(new ChannelInboundHandlerAdapter())
        .bind(InetAddress.getLoopbackAddress(), 0)
        .syncUninterruptibly()
        .channel();
  }
}
