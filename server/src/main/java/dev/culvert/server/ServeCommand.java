package dev.culvert.server;

import dev.culvert.server.route.PortRange;
import dev.culvert.server.token.IssuedToken;
import dev.culvert.tls.TlsProvider;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code culvertd serve}: runs the server until it is told to stop. */
@Command(
    name = "serve",
    description = "Runs the server. The first start prints a token, and the command to use it.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Try it here:   culvertd serve",
      "On a host:     culvertd serve --domain tunnel.example.com \\",
      "                 --http :80 --https :443 --cert fullchain.pem --key privkey.pem",
      "               or  --acme letsencrypt --acme-agree-tos --acme-email me@example.com",
    })
final class ServeCommand implements Callable<Integer> {
  private static final String OFF = "off";

  @Mixin private StateOption state = new StateOption();

  @Mixin private AcmeOptions acme = new AcmeOptions();

  @Mixin private KeysetOptions keyset = new KeysetOptions();

  @Mixin private VisitorOptions visitors = new VisitorOptions();

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--domain",
      paramLabel = "NAME",
      description =
          "Tunnels are host names directly below it (default: ${DEFAULT-VALUE}, for this machine).",
      defaultValue = "localhost")
  private String domain = "localhost";

  @Option(
      names = "--tunnel",
      paramLabel = "[HOST]:PORT",
      description = "Where clients connect (default: ${DEFAULT-VALUE}).",
      defaultValue = ":7000")
  private String tunnel = ":7000";

  @Option(
      names = "--http",
      paramLabel = "[HOST]:PORT|off",
      description = "Where visitors connect over HTTP (default: ${DEFAULT-VALUE}).",
      defaultValue = ":8080")
  private String http = ":8080";

  @Option(
      names = "--http2-cleartext",
      description =
          "Takes HTTP/2 on --http too, from visitors who begin with it (prior knowledge), such as a"
              + " balancer that speaks gRPC.")
  private boolean http2Cleartext;

  @Option(
      names = "--https",
      paramLabel = "[HOST]:PORT|off",
      description =
          "Where visitors, and clients too, connect over TLS (default: ${DEFAULT-VALUE}).",
      defaultValue = ":8443")
  private String https = ":8443";

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "The certificate chain for --https (PEM; default: a development certificate).")
  private @Nullable Path certificate;

  @Option(names = "--key", paramLabel = "FILE", description = "The key of --cert (PEM).")
  private @Nullable Path key;

  @Option(
      names = "--certs",
      paramLabel = "DIR",
      description = {
        "More certificates, selected by the host name that a visitor asks for: NAME.crt or NAME.pem"
            + " with NAME.key or the key inside, or NAME/fullchain.pem with NAME/privkey.pem.",
        "All files are followed as they change."
      })
  private @Nullable Path certificates;

  @Option(
      names = "--tcp-ports",
      paramLabel = "FIRST-LAST",
      description = "Ports that TCP tunnels may have (default: ${DEFAULT-VALUE}).",
      defaultValue = "20000-20999")
  private String tcpPorts = "20000-20999";

  @Option(
      names = "--hold",
      paramLabel = "DURATION",
      description =
          "How long a name or port is kept for a client that is away (default: ${DEFAULT-VALUE}).",
      defaultValue = "1h")
  private String hold = "1h";

  @Option(
      names = "--dns",
      paramLabel = "HOST:PORT",
      description =
          "The name server to ask whose a host name is that is not below --domain (default: the"
              + " system's).")
  private @Nullable String nameServer;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description =
          "What visitors are held to on top of what clients say: passwords, addresses, rates and more"
              + " by host name (TOML; followed as it changes; see docs/rules.md).")
  private @Nullable Path rules;

  @Option(
      names = "--dev",
      description = "For development: let clients in that have no token; on loopback only.")
  private boolean dev;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Event loops (default: half of the processors, at least one).")
  private @Nullable Integer threads;

  @Override
  public Integer call() throws Exception {
    CulvertServer server = CulvertServer.start(config());
    ReopenSignal.handle(server::reopenLogs);
    Thread end =
        new Thread(
            () -> {
              server.close();
              Runtime.getRuntime().halt(0); // to be told to stop is no failure
            },
            "culvert-shutdown");
    Runtime.getRuntime().addShutdownHook(end); // before anybody knows that the server runs
    try {
      if (spec != null) {
        announce(server, spec.commandLine().getOut());
      }
    } catch (Exception e) {
      Runtime.getRuntime().removeShutdownHook(end);
      server.close();
      throw e;
    }
    Thread.currentThread().join(); // the hook ends the program
    return 0;
  }

  private ServerConfig config() throws UsageException, UnknownHostException {
    if ((certificate == null) != (key == null)) {
      throw new UsageException("--cert and --key go together", "Give both, or neither.");
    }
    // Below localhost nobody else can be a visitor, so nobody else is let in.
    InetAddress standard =
        domain.equalsIgnoreCase("localhost")
            ? InetAddress.getLoopbackAddress()
            : InetAddress.getByAddress(new byte[4]);
    try {
      return new ServerConfig(
          state.path(),
          domain,
          acme.settings(domain, certificate),
          AddressParser.parse("--tunnel", tunnel, standard),
          optional("--http", http, standard),
          http2Cleartext,
          optional("--https", https, standard),
          certificate == null || key == null
              ? null
              : new ServerConfig.CertificateFiles(certificate, key),
          certificates,
          standard,
          PortRange.parse(tcpPorts),
          Durations.parse("--hold", hold),
          nameServer == null ? null : AddressParser.parse("--dns", nameServer, standard),
          rules,
          !dev,
          visitors.visitors(),
          visitors.accessLog(),
          keyset.protection(),
          threads == null ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : threads);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), "See culvertd serve --help.");
    }
  }

  private static @Nullable InetSocketAddress optional(
      String option, String text, InetAddress standard) throws UsageException {
    return text.equals(OFF) ? null : AddressParser.parse(option, text, standard);
  }

  private void announce(CulvertServer server, PrintWriter out) throws Exception {
    IssuedToken first =
        !dev && server.tokens().isEmpty() ? server.tokens().create("default") : null;
    out.printf("%s   %s, %s%n", Version.text(), TlsProvider.preferred(), server.transport());
    out.printf("  state     %s%n", state.path());
    if (!http.equals(OFF)) {
      out.printf("  visitors  http://NAME.%s:%d%n", domain, server.httpAddress().getPort());
    }
    if (!https.equals(OFF)) {
      out.printf(
          "  visitors  https://NAME.%s:%d%s%n",
          domain,
          server.httpsAddress().getPort(),
          server.hasDevelopmentCertificate()
              ? "   (development certificate; to trust it: culvertd dev-ca)"
              : "");
    }
    out.printf("  clients   %s:%d%n", domain, server.tunnelAddress().getPort());
    out.printf("  identity  %s%n", server.pin());
    if (dev) {
      out.printf("  tokens    none needed: --dev is for development only%n");
      out.printf("%nBeside a web app on port 3000:%n%n");
      out.printf(
          "  culvert http 3000 --server localhost:%d --insecure%n%n",
          server.tunnelAddress().getPort());
    } else {
      out.printf(
          "  tokens    %d%s%n",
          server.tokens().countUsable(),
          server.tokens().isProtected()
              ? ""
              : "   (signing keys not encrypted: culvertd keyset protect --help)");
    }
    if (first != null) {
      out.printf("%nThis token is shown once:%n%n  %s%n", first.text().reveal());
      out.printf("%nBeside a web app on port 3000:%n%n");
      out.printf("  export CULVERT_AUTHTOKEN=%s%n", first.text().reveal());
      out.printf(
          "  culvert http 3000 --server %s:%d --pin %s%n%n",
          domain, server.tunnelAddress().getPort(), server.pin());
    }
    out.flush();
  }

  /** Durations as people write them. */
  static final class Durations {
    private Durations() {}

    /** Reads {@code 90s}, {@code 10m}, {@code 1h} or {@code 30d}. */
    static Duration parse(String option, String text) throws UsageException {
      if (text.matches("\\d{1,9}[smhd]")) {
        long amount = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
          case 's' -> Duration.ofSeconds(amount);
          case 'm' -> Duration.ofMinutes(amount);
          case 'h' -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        };
      }
      throw new UsageException(
          option + " " + text + ": that is no duration", "Write it as 90s, 10m, 1h or 30d.");
    }
  }
}
