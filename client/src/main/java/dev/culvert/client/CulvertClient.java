package dev.culvert.client;

import dev.culvert.client.link.Backoff;
import dev.culvert.client.link.Link;
import dev.culvert.client.link.LinkEnd;
import dev.culvert.client.link.LinkOwner;
import dev.culvert.client.local.HealthCheck;
import dev.culvert.client.local.HealthWatch;
import dev.culvert.client.local.LocalAcceptor;
import dev.culvert.client.local.LocalTls;
import dev.culvert.mux.control.ClientMessage;
import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer.Welcome;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.socket.Dialer;
import dev.culvert.mux.socket.Transport;
import dev.culvert.tls.ClientTls;
import dev.culvert.tls.PinReplacement;
import dev.culvert.tls.TlsProvider;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A running client: keeps a connection to the server and serves its tunnels over it.
 *
 * <p>A lost connection is made again by itself, with growing waits; what cannot get better by
 * waiting ends the client. Everything happens on one event loop of the client's own. Closing leaves
 * no thread behind. Any thread.
 */
public final class CulvertClient implements AutoCloseable {
  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_STREAMS = 4096;

  /** How long the server may take to hear that the client leaves. */
  private static final long FAREWELL_MILLIS = 300;

  /** Connections are closed while the loop is still turning; see docs/architecture.md, Closing. */
  private static final long QUIET_MILLIS = 50;

  private static final long CLOSE_MILLIS = 500;

  private final ClientConfig config;
  private final ClientListener listener;
  private final Transport transport = Transport.preferred();
  private final EventLoopGroup loops = transport.newEventLoopGroup(1, "culvert");
  private final EventLoop loop = loops.next();
  private final Dialer dialer = new Dialer(transport, DIAL_TIMEOUT);
  private final ClientTls tls;
  private final LocalAcceptor acceptor;
  private final Map<Integer, HealthWatch> watches = new HashMap<>();
  private final CompletableFuture<ClientEnd> ended = new CompletableFuture<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();

  // Event loop only.
  private final Backoff backoff = new Backoff(new SecureRandom());
  private @Nullable Link link;
  private boolean hasBeenOnline;
  private boolean isOnline;
  private long onlineSinceNanos;
  private @Nullable PinReplacement toldReplacement;

  private CulvertClient(ClientConfig config, ClientListener listener, ClientTls tls) {
    this.config = config;
    this.listener = listener;
    this.tls = tls;
    this.acceptor =
        new LocalAcceptor(
            dialer, new LocalTls(), request -> tell(new ClientEvent.Request(request)));
    for (int i = 0; i < config.tunnels().size(); i++) {
      int number = i + 1;
      TunnelSpec tunnel = config.tunnels().get(i);
      acceptor.serve(number, tunnel.target());
      HealthCheck check = tunnel.health();
      if (check != null) {
        watches.put(
            number,
            acceptor.watch(
                loop,
                tunnel.target(),
                check,
                (isUp, reason) -> healthChanged(number, tunnel, isUp, reason)));
      }
    }
  }

  /**
   * Starts a client; {@code listener} hears how it goes.
   *
   * @throws IOException with the remedy, where the server cannot be trusted as configured
   */
  public static CulvertClient start(ClientConfig config, ClientListener listener)
      throws IOException {
    ClientTls tls = ClientTls.tunnel(config.trust(), TlsProvider.preferred());
    CulvertClient client = new CulvertClient(config, listener, tls);
    client.loop.execute(client::connect);
    client.watches.values().forEach(HealthWatch::start);
    return client;
  }

  /** Completes when the client has ended, with the reason. */
  public CompletableFuture<ClientEnd> ended() {
    return ended.copy();
  }

  private void connect() {
    if (ended.isDone()) {
      return;
    }
    link =
        Link.connect(
            loop,
            transport,
            dialer,
            new Link.Server(config.host(), config.port(), tls),
            new Hello(
                ControlProtocol.VERSION,
                config.token(),
                config.instance(),
                null,
                MAX_STREAMS,
                Version.text()),
            acceptor,
            new Owner());
  }

  private void healthChanged(int number, TunnelSpec tunnel, boolean isUp, String reason) {
    tell(new ClientEvent.Health(tunnel, isUp, reason));
    if (isOnline && link != null) {
      link.send(new ClientMessage.TunnelHealth(number, isUp));
    }
  }

  private void tell(ClientEvent event) {
    if (!ended.isDone() || event instanceof ClientEvent.Ended) {
      listener.onEvent(event);
    }
  }

  private Future<?> end(ClientEnd end) {
    watches.values().forEach(HealthWatch::stop);
    if (ended.complete(end)) {
      tell(new ClientEvent.Ended(end));
    }
    return link == null ? loop.newSucceededFuture(null) : link.close(loop);
  }

  /**
   * Ends the client, if it has not ended, and waits for its thread; at most about a second. Not to
   * be called by the listener.
   */
  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      // The loop closes its connections as soon as it is shut down, so the farewell comes before.
      Promise<Object> closed = loop.newPromise();
      loop.execute(() ->
          end(new ClientEnd(ClientEnd.Kind.CLOSED, "closed"))
              .addListener(done -> closed.setSuccess(this)));
      closed.awaitUninterruptibly(FAREWELL_MILLIS);
      loops.shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      tls.close();
    }
    loops.terminationFuture().awaitUninterruptibly();
  }

  /** What the link says, and what follows from it. */
  private final class Owner implements LinkOwner {
    @Override
    public void onUp(Link up, Welcome welcome) {
      hasBeenOnline = true;
      isOnline = true;
      onlineSinceNanos = loop.ticker().nanoTime();
      tell(new ClientEvent.Online(welcome.software(), up.tls()));
      PinReplacement replacement = up.replacement();
      if (replacement != null && !replacement.equals(toldReplacement)) {
        tell(new ClientEvent.PinReplaced(replacement));
      }
      toldReplacement = replacement;
      for (int i = 0; i < config.tunnels().size(); i++) {
        TunnelSpec tunnel = config.tunnels().get(i);
        up.send(
            new ClientMessage.OpenTunnel(
                i + 1,
                tunnel.kind(),
                tunnel.key(),
                tunnel.name(),
                tunnel.port(),
                tunnel.path(),
                tunnel.isShared(),
                tunnel.rules().kinds().isEmpty() ? null : tunnel.rules(),
                tunnel.target().scheme().service()));
      }
    }

    @Override
    public void onMessage(ServerMessage message) {
      switch (message) {
        case ServerMessage.TunnelOpened opened -> {
          if (opened.tunnel() >= 1 && opened.tunnel() <= config.tunnels().size()) {
            opened(config.tunnels().get(opened.tunnel() - 1), opened);
          }
        }
        case ServerMessage.TunnelRefused refused ->
            end(new ClientEnd(ClientEnd.Kind.TUNNEL_REFUSED, refused.message(), refused.code()));
        case ServerMessage.SessionEnding ending -> {} // the link goes down with it
      }
    }

    private void opened(TunnelSpec tunnel, ServerMessage.TunnelOpened answer) {
      if (tunnel.isAskedFor(answer)) {
        tell(new ClientEvent.Opened(tunnel, answer.urls()));
        HealthWatch watch = watches.get(answer.tunnel());
        if (watch != null && !watch.isUp() && link != null) {
          link.send(new ClientMessage.TunnelHealth(answer.tunnel(), false));
        }
      } else {
        end(
            new ClientEnd(
                ClientEnd.Kind.INCOMPATIBLE,
                "the server knows no rules for visitors; it is older"));
      }
    }

    @Override
    public void onDown(LinkEnd end) {
      if (isOnline) {
        isOnline = false;
        backoff.sessionEnded(Duration.ofNanos(loop.ticker().nanoTime() - onlineSinceNanos));
      }
      switch (end) {
        case LinkEnd.Unreachable(String reason) ->
            retryOrEnd(new ClientEnd(ClientEnd.Kind.UNREACHABLE, reason));
        case LinkEnd.Untrusted(String reason) ->
            retryOrEnd(new ClientEnd(ClientEnd.Kind.UNTRUSTED, reason));
        case LinkEnd.Lost(String reason) -> retry(reason, backoff::next);
        case LinkEnd.EndedByServer byServer -> endedByServer(byServer);
      }
    }

    private void endedByServer(LinkEnd.EndedByServer byServer) {
      switch (byServer.code()) {
        case UNAUTHORIZED -> end(new ClientEnd(ClientEnd.Kind.UNAUTHORIZED, byServer.reason()));
        case SUPERSEDED -> end(new ClientEnd(ClientEnd.Kind.SUPERSEDED, byServer.reason()));
        case UNSUPPORTED -> end(new ClientEnd(ClientEnd.Kind.INCOMPATIBLE, byServer.reason()));
        case BUSY -> retry("the server is busy: " + byServer.reason(), backoff::nextForBusyServer);
        case SHUTDOWN ->
            retry("the server ended the session: " + byServer.reason(), backoff::nextForBusyServer);
      }
    }

    private void end(ClientEnd end) {
      CulvertClient.this.end(end);
    }

    /** A network that captures connections for a while must not end a client for good. */
    private void retryOrEnd(ClientEnd end) {
      if (hasBeenOnline) {
        retry(end.message(), backoff::next);
      } else {
        end(end);
      }
    }

    private void retry(String reason, Supplier<Duration> wait) {
      if (ended.isDone()) {
        return;
      }
      Duration delay = wait.get();
      String told = hasBeenOnline ? reason : "not let in yet, trying again; " + reason;
      tell(new ClientEvent.Reconnecting(told, backoff.attempts(), delay));
      loop.schedule(CulvertClient.this::connect, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
