package dev.culvert.server.agent;

import dev.culvert.mux.Role;
import dev.culvert.mux.SessionConfig;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.tls.NegotiatedTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of an {@link Agent}: its mux, and the control stream that the client opens. */
final class AgentSession {
  private static final Logger logger = LoggerFactory.getLogger(AgentSession.class);

  /** How long a client is given to hear why its session ends. */
  private static final long FAREWELL_MILLIS = 1000;

  /** Streams that a client may have open at a time: its control stream. */
  static final int MAX_STREAMS = 1;

  private final String id;
  private final Agent agent;
  private final Channel connection;
  private final SessionFacts facts;
  private final MuxHandler mux;
  private volatile boolean isEnded;
  private volatile long roundTripNanos;
  private @Nullable StreamChannel control; // event loop only

  AgentSession(String id, Agent agent, Channel connection, Hello hello, Instant since) {
    this.id = id;
    this.agent = agent;
    this.connection = connection;
    this.facts =
        new SessionFacts(
            id,
            agent.toString(),
            Agents.printable(hello.software()),
            Agents.peer(connection),
            since,
            NegotiatedTls.of(connection));
    this.mux =
        new MuxHandler(
            Role.SERVER,
            SessionConfig.STANDARD.withMaxStreams(MAX_STREAMS, hello.maxStreams()),
            new ControlInitializer(),
            this::onEvent);
  }

  String id() {
    return id;
  }

  SessionFacts facts() {
    return facts;
  }

  ChannelHandler mux() {
    return mux;
  }

  boolean isEnded() {
    return isEnded;
  }

  long roundTripNanos() {
    return roundTripNanos;
  }

  EventLoop loop() {
    return connection.eventLoop();
  }

  /** Opens a stream that begins with {@code preamble}; throws where the mux is not there yet. */
  Future<StreamChannel> open(StreamOpen preamble, ChannelHandler initializer) {
    return mux.open(
        new ChannelInitializer<StreamChannel>() {
          @Override
          protected void initChannel(StreamChannel stream) {
            ByteBuf bytes = stream.alloc().buffer(64);
            preamble.write(bytes);
            stream.writeAndFlush(bytes); // before a codec could mistake it for its own
            stream.pipeline().addLast(initializer);
          }
        });
  }

  /** Says a word on the control stream. Any thread. */
  void send(ServerMessage message) {
    connection
        .eventLoop()
        .execute(() -> {
          if (control != null) {
            control.writeAndFlush(ControlCodec.encode(message));
          }
        });
  }

  /** Ends the session, and tells the client why where it still listens. Any thread. */
  void end(EndCode code, String message) {
    isEnded = true;
    connection.eventLoop().execute(() -> endOnLoop(code, message));
  }

  private void endOnLoop(EndCode code, String message) {
    if (control == null) {
      mux.close(message);
      return;
    }
    control
        .writeAndFlush(ControlCodec.encode(new ServerMessage.SessionEnding(code, message)))
        .addListener(done -> mux.close(message));
    connection
        .eventLoop()
        .schedule(() -> connection.close(), FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void onEvent(SessionEvent event) {
    switch (event) {
      case SessionEvent.Ended(var end) -> {
        isEnded = true;
        logger.info("{} session {} ended: {}", agent, id, end.reason());
        agent.sessionEnded(this);
      }
      case SessionEvent.PeerGoingAway() -> isEnded = true;
      case SessionEvent.MemoryExceeded(var stream, var bytes) ->
          logger.warn(
              "{} session {}: out of memory, reset stream {} with {} unread bytes",
              agent,
              id,
              stream,
              bytes);
      case SessionEvent.RoundTrip(var nanos) -> {
        roundTripNanos = nanos;
        logger.debug("{} session {} round trip {} us", agent, id, nanos / 1000);
      }
    }
  }

  /** The client's one stream is the control stream. */
  @ChannelHandler.Sharable
  private final class ControlInitializer extends ChannelInitializer<StreamChannel> {
    @Override
    protected void initChannel(StreamChannel channel) {
      control = channel;
      channel.pipeline().addLast(new ControlHandler(agent, AgentSession.this));
    }
  }
}
