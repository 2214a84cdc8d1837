package dev.culvert.server;

import dev.culvert.server.log.AccessLogSettings;
import dev.culvert.server.log.Format;
import dev.culvert.server.visitor.Networks;
import dev.culvert.server.visitor.Patience;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.server.visitor.TrustedProxies.Dialect;
import dev.culvert.server.visitor.VisitorSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code culvertd serve} that say who visitors are, and where they are logged. */
final class VisitorOptions {
  private static final String STANDARD_OUTPUT = "-";
  private static final String OFF = "off";

  @Option(
      names = "--trusted-proxy",
      split = ",",
      paramLabel = "CIDR",
      description =
          "A network of proxies in front of this server whose X-Forwarded-... headers and"
              + " X-Request-Id are believed, such as 10.0.0.0/8; may be given again.")
  private List<String> proxies = List.of();

  @Option(
      names = "--trusted-proxy-headers",
      paramLabel = "x-forwarded|forwarded",
      description =
          "In which headers they tell of a visitor; the other kind is dropped (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "x-forwarded")
  private String dialect = "x-forwarded";

  @Option(
      names = "--proxy-protocol-from",
      split = ",",
      paramLabel = "CIDR",
      description =
          "A network of balancers that send a PROXY header, version 1 or 2, ahead of each connection"
              + " to --http, --https and the ports of TCP tunnels; may be given again.")
  private List<String> balancers = List.of();

  @Option(
      names = "--max-connections-per-visitor",
      paramLabel = "N",
      description =
          "Connections that visitors of one address may have open, or of one IPv6 network of 64 bits"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000")
  private int maxConnections = 1000;

  @Option(
      names = "--response-timeout",
      paramLabel = "DURATION|off",
      description =
          "How long a local service may take to begin its answer once it has the whole request;"
              + " then the visitor gets 504 (default: ${DEFAULT-VALUE}).",
      defaultValue = OFF)
  private String responseTimeout = OFF;

  @Option(
      names = "--min-request-rate",
      paramLabel = "BYTES",
      description =
          "Bytes a second that a visitor must send of a request that is on its way; who stays below"
              + " for 20 seconds gets 408 (default: ${DEFAULT-VALUE}, for a byte a minute).",
      defaultValue = "0")
  private int minRequestRate;

  @Option(
      names = "--access-log",
      paramLabel = "FILE|-",
      description =
          "Writes a line for each request and each connection to a TCP tunnel, to a file or the"
              + " standard output. SIGUSR1 has the file opened anew.")
  private @Nullable String accessLog;

  @Option(
      names = "--access-log-format",
      paramLabel = "json|combined",
      description = "What a line looks like (default: ${DEFAULT-VALUE}).",
      defaultValue = "json")
  private String format = "json";

  @Option(
      names = "--access-log-query",
      arity = "1",
      paramLabel = "true|false",
      description =
          "Whether URLs are logged with their queries, which may hold secrets (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "true")
  private boolean hasQuery = true;

  VisitorSettings visitors() throws UsageException {
    Duration response =
        responseTimeout.equals(OFF)
            ? Duration.ZERO
            : ServeCommand.Durations.parse("--response-timeout", responseTimeout);
    return new VisitorSettings(
        new TrustedProxies(Networks.of(proxies), Dialect.parse(dialect)),
        Networks.of(balancers),
        maxConnections,
        new Patience(response, minRequestRate));
  }

  /** Null where there is none. */
  @Nullable AccessLogSettings accessLog() {
    Format parsed = Format.parse(format);
    if (accessLog == null) {
      return null;
    }
    Path file = accessLog.equals(STANDARD_OUTPUT) ? null : Path.of(accessLog);
    return new AccessLogSettings(file, parsed, hasQuery);
  }
}
