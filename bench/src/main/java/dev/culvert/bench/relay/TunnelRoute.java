package dev.culvert.bench.relay;

import dev.culvert.bench.carrier.ScratchDirectory;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEvent;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.server.CulvertServer;
import dev.culvert.server.ServerConfig;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running server and client with one TCP tunnel between them. Any thread. */
final class TunnelRoute implements Route {
  /** The server gives out a port by chance, which another program may have. */
  private static final int ATTEMPTS = 5;

  private final java.nio.file.Path state = ScratchDirectory.create();
  private final CulvertServer server = CulvertServer.start(ServerConfig.local(state));
  private final CompletableFuture<String> opened = new CompletableFuture<>();
  private final CulvertClient client;

  private TunnelRoute(InetSocketAddress service) throws Exception {
    client =
        CulvertClient.start(
            new ClientConfig(
                "127.0.0.1",
                server.tunnelAddress().getPort(),
                Trust.pinned(server.pin()),
                server.tokens().create("benchmark").text(),
                ClientConfig.newInstance(),
                List.of(
                    TunnelSpec.tcp(
                        new LocalTarget(LocalTarget.Scheme.TCP, "127.0.0.1", service.getPort()),
                        0))),
            this::onEvent);
  }

  /** Returns when visitors can come. */
  static TunnelRoute open(InetSocketAddress service) throws Exception {
    for (int attempt = 1; ; attempt++) {
      TunnelRoute route = new TunnelRoute(service);
      try {
        route.opened.get(20, TimeUnit.SECONDS);
        return route;
      } catch (ExecutionException | TimeoutException e) {
        route.close();
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void onEvent(ClientEvent event) {
    switch (event) {
      case ClientEvent.Opened(TunnelSpec _, List<String> urls) -> opened.complete(urls.getFirst());
      case ClientEvent.Ended(var end) ->
          opened.completeExceptionally(new IOException(end.toString()));
      case ClientEvent.Online _,
          ClientEvent.PinReplaced _,
          ClientEvent.Reconnecting _,
          ClientEvent.Health _,
          ClientEvent.Request _ -> {}
    }
  }

  @Override
  public InetSocketAddress address() {
    int port = URI.create(opened.join()).getPort();
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
    ScratchDirectory.delete(state);
  }
}
