package dev.culvert.bench.peers;

import dev.culvert.server.ServerConfig;
import dev.culvert.server.log.AccessLogSettings;
import dev.culvert.server.log.Format;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server on loopback addresses of its own, a tunnel for {@link ReverseProxy#HOST} through it to a
 * service, over HTTP and HTTPS, and what the server writes down of the requests.
 */
record PublicService(
    ReverseProxy culvert, InetSocketAddress http, InetSocketAddress https, Path home)
    implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;

  static PublicService start(Path home, int servicePort) throws Exception {
    InetSocketAddress http = PeerProgram.freePort();
    InetSocketAddress https = PeerProgram.freePort();
    ServerConfig config =
        ServerConfig.local(home.resolve("state"))
            .withAddresses(PeerProgram.freePort(), http)
            .withHttps(https)
            .withThreads(2)
            .withAccessLog(new AccessLogSettings(home.resolve("access.log"), Format.JSON, false));
    return new PublicService(
        ReverseProxy.culvert(config, https, "app", servicePort), http, https, home);
  }

  /** The development authority's certificate. */
  Path authority() {
    return home.resolve("state").resolve("dev-ca.pem");
  }

  /** The access log's lines, once there are so many. */
  List<String> log(int count) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    List<String> lines = List.of();
    while (lines.size() < count && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      lines = Files.readAllLines(home.resolve("access.log"));
    }
    return lines;
  }

  @Override
  public void close() {
    culvert.close();
  }
}
