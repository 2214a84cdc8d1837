package dev.culvert.bench.report;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/** One end of a {@link LinkedSession}, on an event loop of its own. Any thread. */
final class LinkedEnd {
  final EventLoopGroup loop;
  final MuxHandler mux;
  final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();
  final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();

  /** Completes when the session has begun. */
  final CompletableFuture<Channel> connection = new CompletableFuture<>();

  /** Makes the handler of each stream that the other end opens. */
  volatile Supplier<ChannelHandler> acceptor;

  LinkedEnd(
      Role role, SessionConfig config, EventLoopGroup loop, Supplier<ChannelHandler> acceptor) {
    this.loop = loop;
    this.acceptor = acceptor;
    this.mux = new MuxHandler(role, config, new Acceptor(), this::onEvent);
  }

  private void onEvent(SessionEvent event) {
    events.add(event);
    if (event instanceof SessionEvent.Ended(SessionEnd end)) {
      ended.complete(end);
    }
  }

  @Sharable
  private final class Acceptor extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel channel) {
      channel.pipeline().addLast(acceptor.get());
    }
  }
}
