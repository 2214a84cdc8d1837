package dev.culvert.mux.netty;

import static java.util.Objects.requireNonNull;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One end of a session, on a channel whose bytes, tasks and time the test moves. */
final class EmbeddedEnd {
  final Valve valve = new Valve();
  final List<SessionEvent> events = new ArrayList<>();

  /** Streams that the peer opened, oldest first. */
  final ArrayDeque<EmbeddedStream> accepted = new ArrayDeque<>();

  /** Makes the handler of the next stream that the peer opens. */
  Supplier<EventLog> newLog = EventLog::new;

  final MuxHandler mux;
  final EmbeddedChannel connection;

  EmbeddedEnd(Role role, SessionConfig config, Ticker ticker) {
    mux = new MuxHandler(role, config, new Acceptor(), events::add);
    connection = EmbeddedChannel.builder().ticker(ticker).handlers(valve, mux).build();
  }

  EmbeddedStream open(EventLog log) {
    StreamChannel channel = requireNonNull(mux.open(log).getNow());
    return new EmbeddedStream(channel, log);
  }

  EmbeddedStream open() {
    return open(new EventLog());
  }

  @Nullable SessionEnd end() {
    return mux.session().end();
  }

  /** Lets held-back output go. */
  void openValve() {
    valve.open(requireNonNull(connection.pipeline().context(valve)));
  }

  /**
   * Hands what this end has written to the other one, as one read cycle, and behind it the end of
   * the connection; false if there is nothing.
   */
  boolean sendTo(EmbeddedEnd peer) {
    connection.runPendingTasks();
    boolean moved = false;
    ByteBuf batch;
    while ((batch = connection.readOutbound()) != null) {
      moved = true;
      if (peer.connection.isActive()) {
        peer.connection.writeOneInbound(batch);
      } else {
        batch.release();
      }
    }
    if (moved && peer.connection.isActive()) {
      peer.connection.flushInbound();
    }
    if (!connection.isActive() && peer.connection.isActive()) {
      peer.connection.close();
      moved = true;
    }
    return moved;
  }

  void close() {
    connection.finishAndReleaseAll();
  }

  @Sharable
  private final class Acceptor extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel channel) {
      EventLog log = newLog.get();
      accepted.add(new EmbeddedStream(channel, log));
      channel.pipeline().addLast(log);
    }
  }
}
