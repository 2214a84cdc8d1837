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
import java.util.concurrent.TimeUnit;

/** A running server and client with one TCP tunnel between them. Any thread. */
final class Route implements AutoCloseable {
  private final java.nio.file.Path state;
  private final CulvertServer server;
  private final CulvertClient client;
  private final InetSocketAddress address;

  /** Returns when visitors can come. */
  Route(InetSocketAddress service) throws Exception {
    state = ScratchDirectory.create();
    server = CulvertServer.start(ServerConfig.local(state));
    CompletableFuture<String> opened = new CompletableFuture<>();
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
            event -> {
              switch (event) {
                case ClientEvent.Opened(TunnelSpec _, List<String> urls) ->
                    opened.complete(urls.getFirst());
                case ClientEvent.Ended(var end) ->
                    opened.completeExceptionally(new IOException(end.toString()));
                case ClientEvent.Online _, ClientEvent.Reconnecting _, ClientEvent.Request _ -> {}
              }
            });
    int port = URI.create(opened.get(20, TimeUnit.SECONDS)).getPort();
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Where visitors connect. */
  InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
    ScratchDirectory.delete(state);
  }
}
