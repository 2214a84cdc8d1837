package dev.culvert.client.link;

import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.SessionEvent;
import dev.culvert.mux.control.ClientMessage;
import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.HelloAnswer.Welcome;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.mux.socket.Dialer;
import dev.culvert.mux.socket.Transport;
import dev.culvert.tls.ClientTls;
import dev.culvert.tls.NegotiatedTls;
import dev.culvert.tls.PinReplacement;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the server, from dialling to its end. Event loop only, unless said otherwise.
 *
 * <p>Dials, verifies the server, says {@link Hello}, and behind Welcome opens the control stream.
 * There is no second try: the owner decides about that, with a new link.
 */
public final class Link {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);
  private static final int UNSENT_BYTES = 128 * 1024;

  private final LinkOwner owner;
  private final Transport transport;
  private final String server;
  private @Nullable Channel connection;
  private @Nullable StreamChannel control;
  private NegotiatedTls tls = NegotiatedTls.NONE;
  private @Nullable PinReplacement replacement;
  private boolean isDown;

  /** {@code server} names it in what is said to people. */
  Link(LinkOwner owner, Transport transport, String server) {
    this.owner = owner;
    this.transport = transport;
    this.server = server;
  }

  /** Where a server is and how it is told from others. */
  public record Server(String host, int port, ClientTls tls) {
    /** {@code HOST:PORT}, for people. */
    public String name() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * Dials {@code server}. Any thread.
   *
   * @param acceptor added to the pipeline of each stream the server opens; must be sharable
   */
  public static Link connect(
      EventLoop loop,
      Transport transport,
      Dialer dialer,
      Server server,
      Hello hello,
      ChannelHandler acceptor,
      LinkOwner owner) {
    Link link = new Link(owner, transport, server.name());
    dialer
        .dial(
            loop,
            server.host(),
            server.port(),
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                link.prepare(channel, server, hello, acceptor);
              }
            })
        .addListener((Future<Channel> done) -> link.dialled(done));
    return link;
  }

  private void prepare(SocketChannel channel, Server server, Hello hello, ChannelHandler acceptor) {
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    channel.config().setAllowHalfClosure(false);
    transport.limitUnsent(channel, UNSENT_BYTES);
    channel
        .pipeline()
        .addLast(
            server.tls().newHandler(channel.alloc(), server.host(), server.port()),
            new Handshake(
                this, connected -> requireTrusted(server.tls(), connected), hello, acceptor));
  }

  private void requireTrusted(ClientTls serverTls, Channel connected) throws CertificateException {
    serverTls.requireTrusted(connected);
    replacement = serverTls.replacement(connected);
  }

  private void dialled(Future<Channel> done) {
    if (!done.isSuccess()) {
      failed(done.cause());
      return;
    }
    Channel channel = done.getNow();
    if (isDown) {
      channel.close();
      return;
    }
    connection = channel;
    channel.config().setAutoRead(true);
    channel.closeFuture().addListener(closed -> closed(server + " closed the connection"));
  }

  /** One that was never up is no loss. */
  private void closed(String reason) {
    down(control == null ? new LinkEnd.Unreachable(reason) : new LinkEnd.Lost(reason));
  }

  // From the handshake.

  void secured(NegotiatedTls negotiated) {
    tls = negotiated;
  }

  void welcomed(Welcome welcome, StreamChannel controlStream) {
    control = controlStream;
    if (!isDown) {
      owner.onUp(this, welcome);
    }
  }

  void refused(HelloAnswer.Refusal refusal) {
    down(new LinkEnd.EndedByServer(refusal.code(), refusal.message()));
  }

  void failed(Throwable cause) {
    String distrust = ServerFailure.distrust(cause);
    if (distrust == null) {
      failed(ServerFailure.of(cause));
    } else {
      down(new LinkEnd.Untrusted(server + " is not trusted: " + distrust));
    }
  }

  /** {@code what} the server did, to stand behind its name. */
  void failed(String what) {
    down(new LinkEnd.Unreachable(server + " " + what));
  }

  // From the session and its control stream.

  void received(ServerMessage message) {
    if (message instanceof ServerMessage.SessionEnding ending) {
      down(new LinkEnd.EndedByServer(ending.code(), ending.message()));
    } else if (!isDown) {
      owner.onMessage(message);
    }
  }

  void onEvent(SessionEvent event) {
    switch (event) {
      case SessionEvent.Ended(SessionEnd end) ->
          down(
              new LinkEnd.Lost(
                  "the connection to " + server + " ended: " + ServerFailure.text(end.reason())));
      case SessionEvent.PeerGoingAway() -> down(new LinkEnd.Lost(server + " is going away"));
      case SessionEvent.RoundTrip _, SessionEvent.MemoryExceeded _ -> {}
    }
  }

  private void down(LinkEnd end) {
    if (!isDown) {
      isDown = true;
      if (connection != null) {
        connection.close();
      }
      owner.onDown(end);
    }
  }

  // For the owner.

  /** What was agreed on with the server, once the link is up. */
  public NegotiatedTls tls() {
    return tls;
  }

  /** What has replaced the pinned key of the server; null where that is still its own. */
  public @Nullable PinReplacement replacement() {
    return replacement;
  }

  /** Says a word on the control stream. Any thread, once the link is up. */
  public void send(ClientMessage message) {
    if (control == null) {
      throw new IllegalStateException("the link is not up yet");
    }
    control.writeAndFlush(ControlCodec.encode(message));
  }

  /**
   * Takes the link down: tells the server, and not the owner.
   *
   * @return completes when the connection is closed
   */
  public Future<?> close(EventLoop loop) {
    isDown = true;
    if (connection == null) {
      return loop.newSucceededFuture(null);
    }
    MuxHandler mux = connection.pipeline().get(MuxHandler.class);
    if (mux == null) {
      connection.close();
    } else {
      mux.close("the client was closed");
    }
    return connection.closeFuture();
  }
}
