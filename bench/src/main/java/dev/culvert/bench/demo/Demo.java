package dev.culvert.bench.demo;

import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEvent;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.cli.LineLog;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.server.CulvertServer;
import dev.culvert.server.ServerConfig;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * The whole of Culvert in one process: a server, a client and a sample app, on loopback.
 *
 * <p>Without arguments it stays until Ctrl-C; with {@code --once} it sends the {@link Probes}
 * through the tunnel and exits 0 only if all pass.
 */
public final class Demo implements AutoCloseable {
  private static final Logger SERVER_LOG = Logger.getLogger("dev.culvert.server");
  private static final int USUAL_PORT = 8080;
  private static final long START_SECONDS = 20;
  private static final String USAGE =
      """
      usage: ./demo [--once]
        stays until Ctrl-C; with --once sends probes through the tunnel and exits 0 if all pass\
      """;

  private final PrintWriter out;
  private final Path state;
  private final SampleApp app;
  private final CulvertServer server;
  private final CulvertClient client;
  private final LineLog log;
  private final CompletableFuture<String> url = new CompletableFuture<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private Demo(PrintWriter out, boolean isLogging) throws Exception {
    this.out = out;
    state = Files.createTempDirectory("culvert-demo");
    app = SampleApp.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    server = startServer(state);
    ClientConfig config =
        new ClientConfig(
            "127.0.0.1",
            server.tunnelAddress().getPort(),
            Trust.pinned(server.pin()),
            server.tokens().create("demo").text(),
            ClientConfig.newInstance(),
            List.of(
                TunnelSpec.http(
                    new LocalTarget(
                        LocalTarget.Scheme.HTTP, "127.0.0.1", app.address().getPort()))));
    log = LineLog.to(out);
    client =
        CulvertClient.start(
            config,
            event -> {
              if (isLogging || !(event instanceof ClientEvent.Request)) {
                log.onEvent(event);
              }
              switch (event) {
                case ClientEvent.Opened opened -> url.complete(opened.urls().getFirst());
                case ClientEvent.Ended ended ->
                    url.completeExceptionally(new IOException(ended.end().message()));
                case ClientEvent.Online o -> {}
                case ClientEvent.PinReplaced p -> {}
                case ClientEvent.Reconnecting r -> {}
                case ClientEvent.Request _, ClientEvent.Health _ -> {}
              }
            });
  }

  /** On the usual port where it is free, for a URL that is easy to type, else on any. */
  private static CulvertServer startServer(Path state) throws Exception {
    ServerConfig config = ServerConfig.local(state);
    InetSocketAddress any = config.tunnelAddress();
    try {
      return CulvertServer.start(
          config.withAddresses(any, new InetSocketAddress(any.getAddress(), USUAL_PORT)));
    } catch (IOException e) {
      return CulvertServer.start(config);
    }
  }

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    SERVER_LOG.setLevel(Level.WARNING); // the request log is what there is to see
    System.exit(
        switch (List.of(args)) {
          case List<String> none when none.isEmpty() -> run(out, false);
          case List<String> one when one.equals(List.of("--once")) -> run(out, true);
          case List<String> help when help.equals(List.of("--help")) -> {
            out.println(USAGE);
            yield 0;
          }
          default -> {
            System.err.println(USAGE);
            yield 2;
          }
        });
  }

  private static int run(PrintWriter out, boolean isOnce) {
    try (Demo demo = new Demo(out, !isOnce)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> demo.shutDown(isOnce)));
      URI url = URI.create(demo.url.get(START_SECONDS, TimeUnit.SECONDS) + "/");
      if (isOnce) {
        return demo.probe(url) == 0 ? 0 : 1;
      }
      demo.log.line("");
      demo.log.line(
          "Open " + url + " in a browser. Each request shows below. Ctrl-C ends the demo.");
      demo.log.line("");
      Thread.currentThread().join();
      return 0;
    } catch (Exception e) {
      Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
      System.err.println("demo: " + cause.getMessage());
      return 1;
    }
  }

  /** To be told to stop is how the demo ends; for the probes it is a failure. */
  private void shutDown(boolean isOnce) {
    close();
    if (!isOnce) {
      Runtime.getRuntime().halt(0);
    }
  }

  private int probe(URI url) {
    List<ProbeResult> results =
        Probes.run(
            url,
            result ->
                out.printf(
                    "%s  %-22s %6d ms  %s%n",
                    result.passed() ? "ok  " : "FAIL",
                    result.name(),
                    result.duration().toMillis(),
                    result.detail()));
    long failed = results.stream().filter(result -> !result.passed()).count();
    out.printf("%d passed, %d failed%n", results.size() - failed, failed);
    return (int) failed;
  }

  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    client.close();
    log.close();
    server.close();
    app.close();
    try (Stream<Path> files = Files.walk(state)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      out.println("could not remove " + state + ": " + e.getMessage());
    }
  }
}
