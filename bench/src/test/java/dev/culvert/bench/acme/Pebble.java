package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.tls.DevAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A running authority, and the DNS that it asks: every name is at {@link #address} unless a test
 * says otherwise. It checks names at ports that a server under test is to listen on.
 *
 * <p>Its address is one of loopback's millions, so that no other program's ports are in the way.
 */
final class Pebble implements AutoCloseable {
  private static final List<Path> DIRECTORIES = List.of(Path.of("/usr/bin"), Path.of("/usr/sbin"));
  private static final Duration LIFETIME = Duration.ofDays(90);
  private static final int PORTS = 7;
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final InetAddress address;
  private final int dnsPort;
  private final int dnsManagementPort;
  private final int directoryPort;
  private final int managementPort;
  private final int httpPort;
  private final int tlsPort;
  private final int nobodysPort;
  private final Path home;
  private final Process dns;
  private final Process authority;
  private final HttpClient http;

  /** Whether the authority comes to the server's ports, or to others where nobody is. */
  record Reachable(boolean overHttp, boolean overTls) {}

  private Pebble(Path home, Reachable reachable, Duration lifetime) throws Exception {
    this.home = home;
    RandomGenerator random = RandomGenerator.getDefault();
    byte[] bytes = {
      127,
      (byte) random.nextInt(1, 255),
      (byte) random.nextInt(1, 255),
      (byte) random.nextInt(2, 255)
    };
    address = InetAddress.getByAddress(bytes);
    Iterator<Integer> free = freePorts().iterator();
    dnsPort = free.next();
    dnsManagementPort = free.next();
    directoryPort = free.next();
    managementPort = free.next();
    httpPort = free.next();
    tlsPort = free.next();
    nobodysPort = free.next();
    DevAuthority issuer = DevAuthority.loadOrCreate(home);
    issuer
        .issue(List.of(address.getHostAddress()))
        .write(home.resolve("cert.pem"), home.resolve("key.pem"));
    http = HttpClient.newBuilder().sslContext(trusting(certificate(trustFile()))).build();
    dns = startDns();
    authority = startAuthority(reachable, lifetime);
    await("the DNS", () -> post("/set-default-ipv4", "{\"ip\":\"" + host() + "\"}"));
    await("the authority", () -> get(directory()));
  }

  /** Starts one; the test is skipped where there is none, and fails where CI should have one. */
  private static Pebble start(Path home, Reachable reachable, Duration lifetime) throws Exception {
    boolean isInstalled = program("pebble") != null && program("pebble-challtestsrv") != null;
    if (System.getenv("CI") != null) {
      assertThat(isInstalled).as("pebble is installed").isTrue();
    }
    assumeTrue(isInstalled, "pebble is not installed (apt-get install pebble)");
    return new Pebble(home, reachable, lifetime);
  }

  static Pebble start(Path home, Reachable reachable) throws Exception {
    return start(home, reachable, LIFETIME);
  }

  /** One that comes to both of the server's ports. */
  static Pebble start(Path home) throws Exception {
    return start(home, new Reachable(true, true));
  }

  /** One that comes to both ports, and issues certificates that are good for {@code lifetime}. */
  static Pebble startShortLived(Path home, Duration lifetime) throws Exception {
    return start(home, new Reachable(true, true), lifetime);
  }

  private static @org.jspecify.annotations.Nullable Path program(String name) {
    return DIRECTORIES.stream()
        .map(directory -> directory.resolve(name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private Process startDns() throws IOException {
    return start(
        "dns.log",
        new ProcessBuilder(
            String.valueOf(program("pebble-challtestsrv")),
            "-dns01",
            host() + ":" + dnsPort,
            "-management",
            host() + ":" + dnsManagementPort,
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
            "-defaultIPv6",
            ""));
  }

  private Process startAuthority(Reachable reachable, Duration lifetime) throws IOException {
    Path config = home.resolve("pebble.json");
    Files.writeString(
        config,
        """
        {"pebble": {
          "listenAddress": "%s:%d",
          "managementListenAddress": "%s:%d",
          "certificate": "%s",
          "privateKey": "%s",
          "httpPort": %d,
          "tlsPort": %d,
          "certificateValidityPeriod": %d
        }}
        """
            .formatted(
                host(),
                directoryPort,
                host(),
                managementPort,
                home.resolve("cert.pem"),
                home.resolve("key.pem"),
                reachable.overHttp ? httpPort : nobodysPort,
                reachable.overTls ? tlsPort : nobodysPort,
                lifetime.toSeconds()));
    ProcessBuilder builder =
        new ProcessBuilder(
            String.valueOf(program("pebble")),
            "-strict",
            "-config",
            config.toString(),
            "-dnsserver",
            host() + ":" + dnsPort);
    builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
    builder.environment().put("PEBBLE_WFE_NONCEREJECT", "15");
    builder.environment().put("PEBBLE_AUTHZREUSE", "0");
    return start("pebble.log", builder);
  }

  private Process start(String log, ProcessBuilder builder) throws IOException {
    return builder.redirectErrorStream(true).redirectOutput(home.resolve(log).toFile()).start();
  }

  /** No two of them are the same: each is taken until all are known. */
  private List<Integer> freePorts() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      while (sockets.size() < PORTS) {
        sockets.add(new ServerSocket(0, 1, address));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private String host() {
    return address.getHostAddress();
  }

  InetAddress address() {
    return address;
  }

  /** Where the server under test must listen over HTTP. */
  InetSocketAddress http() {
    return new InetSocketAddress(address, httpPort);
  }

  /** Where the server under test must listen over HTTPS. */
  InetSocketAddress https() {
    return new InetSocketAddress(address, tlsPort);
  }

  URI directory() {
    return URI.create("https://" + host() + ":" + directoryPort + "/dir");
  }

  /** By which the authority's own server is trusted. */
  Path trustFile() {
    return home.resolve("dev-ca.pem");
  }

  /** A program that publishes records in the authority's DNS, and notes how it was called. */
  Path dnsHook(Path calls) throws IOException {
    Path hook = home.resolve("hook");
    Files.writeString(
        hook,
        """
        #!/bin/bash
        echo "$@" >> %1$s
        while [ -e %1$s.hold ]; do read -r -t 0.05 <> <(:); done
        case $1 in
          present) path=/set-txt body='{"host":"'$2'.","value":"'$3'"}' ;;
          cleanup) path=/clear-txt body='{"host":"'$2'."}' ;;
        esac
        exec 3<> /dev/tcp/%2$s/%3$d
        printf 'POST %%s HTTP/1.0\\r\\nContent-Length: %%d\\r\\n\\r\\n%%s' "$path" "${#body}" "$body" >&3
        read -r _ status _ <&3
        [ "$status" = 200 ] || { echo "the DNS answers $status" >&2; exit 1; }
        """
            .formatted(calls, host(), dnsManagementPort));
    assertThat(hook.toFile().setExecutable(true)).isTrue();
    return hook;
  }

  /** Has {@code name} point to where nobody listens. */
  void pointElsewhere(String name) throws Exception {
    post("/add-a", "{\"host\":\"" + name + ".\",\"addresses\":[\"127.0.0.1\"]}");
  }

  /** How many orders were made, as the authority has it. */
  long orders() throws IOException {
    return log("pebble.log").lines().filter(line -> line.contains(" Added order ")).count();
  }

  /** Who trusts what this authority issues, and nobody else. */
  SSLContext visitorTrust() throws Exception {
    return trusting(
        certificate(get(URI.create("https://" + host() + ":" + managementPort + "/roots/0"))));
  }

  private void post(String path, String json) throws IOException, InterruptedException {
    URI uri = URI.create("http://" + host() + ":" + dnsManagementPort + path);
    send(HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(json)).build());
  }

  private String get(URI uri) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri).build());
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private interface Attempt {
    void run() throws IOException, InterruptedException;
  }

  /** Until something listens. */
  private void await(String what, Attempt attempt) throws Exception {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      try {
        attempt.run();
        return;
      } catch (ConnectException e) {
        boolean isAlive = dns.isAlive() && authority.isAlive();
        if (!isAlive || System.nanoTime() - deadline > 0) {
          close();
          throw new AssertionError(
              what + " did not start:\n" + log("dns.log") + log("pebble.log"), e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  private String log(String name) throws IOException {
    return Files.readString(home.resolve(name));
  }

  private static X509Certificate certificate(Path pem) throws Exception {
    return certificate(Files.readString(pem));
  }

  private static X509Certificate certificate(String pem) throws Exception {
    try (InputStream in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static SSLContext trusting(X509Certificate authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", authority);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return tls;
  }

  @Override
  public void close() {
    authority.destroyForcibly();
    dns.destroyForcibly();
    http.shutdownNow();
  }
}
