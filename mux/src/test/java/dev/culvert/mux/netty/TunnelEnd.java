package dev.culvert.mux.netty;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/** One end of a {@link Tunnel}. */
final class TunnelEnd {
  /** Streams that the peer opened, oldest first, with auto-read as {@link #autoRead} says. */
  final BlockingQueue<StreamChannel> accepted = new LinkedBlockingQueue<>();

  final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();
  final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();

  /** The connection, once it has been made. */
  final CompletableFuture<Channel> connection = new CompletableFuture<>();

  final MuxHandler mux;

  /** Makes the handler of each stream that the peer opens. */
  volatile Supplier<ChannelHandler> newHandler = EventLog::new;

  /** Of the streams that the peer opens. */
  volatile AutoRead autoRead = AutoRead.ON;

  TunnelEnd(Role role, SessionConfig config) {
    mux = new MuxHandler(role, config, new Acceptor(), this::onEvent);
  }

  private void onEvent(SessionEvent event) {
    events.add(event);
    if (event instanceof SessionEvent.Ended(SessionEnd end)) {
      ended.complete(end);
    }
  }

  StreamChannel open(ChannelHandler handler) throws Exception {
    return Patience.await(mux.open(handler));
  }

  int openStreams() throws Exception {
    return Patience.ask(connection.join().eventLoop(), () -> mux.session().openStreams());
  }

  /** Returns when the peer has answered a ping that went out now. */
  void ping() throws Exception {
    events.clear();
    connection.join().eventLoop().execute(() -> mux.session().ping());
    Patience.take(events);
  }

  @Sharable
  private final class Acceptor extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel channel) {
      channel.config().setAutoRead(autoRead == AutoRead.ON);
      channel.pipeline().addLast(newHandler.get());
      accepted.add(channel);
    }
  }
}
