package dev.culvert.client.cli;

import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.HealthCheck;
import dev.culvert.client.local.LocalTarget;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culvert http}: gives a web app a public URL. */
@Command(
    name = "http",
    description = "Gives a web app on this machine, or near it, a public URL.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  culvert http 3000",
      "  culvert http 192.168.1.7:8080 --name shop",
      "  culvert http https://localhost:8443",
      "  culvert http 50051 --upstream-http2",
      "  culvert http 3000 --name shop --path /api",
      "  culvert http 3000 --name shop --pool --health-check /health",
      "  culvert http 3000 --basic-auth-file passwords --cidr-allow 192.0.2.0/24",
    })
final class HttpCommand implements Callable<Integer> {
  private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
  private static final Pattern NAME = Pattern.compile("(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*");
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)*/?");

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ConnectionOptions connection = new ConnectionOptions();
  @Mixin private RuleOptions rules = new RuleOptions();

  @Parameters(
      paramLabel = "TARGET",
      description = {
        "The app: a port, HOST:PORT or a URL.",
        "The certificate of an https URL is not checked, on whatever host it is."
      })
  private String target = "";

  @Option(
      names = {"--name", "--subdomain"},
      paramLabel = "NAME",
      description = {
        "The first label of the host name (default: one that is free), or a whole host name of your"
            + " own. Its DNS must lead to the server, and show that it is yours: the server says"
            + " how. With *. in front, all hosts below it, where the token lists just that."
      })
  private @Nullable String name;

  @Option(
      names = "--upstream-http2",
      description = {
        "Speak HTTP/2 with the app, as gRPC needs it: from the first byte on to a port or an http"
            + " URL, in TLS to an https URL. The same as a target such as h2c://localhost:50051."
      })
  private boolean isHttp2;

  @Option(
      names = "--path",
      paramLabel = "PREFIX",
      description = {
        "Take only the requests for this path and what is below it, as in /api. Other tunnels of"
            + " the same token may have the rest of the name. The app gets the path whole."
      })
  private @Nullable String path;

  @Option(
      names = "--pool",
      description = {
        "Share the name with other clients of the same token that say so too (CULVERT_POOL=true, or"
            + " pool = true): each request goes to who has fewest."
      })
  private boolean isShared;

  @Option(
      names = "--health-check",
      paramLabel = "PATH",
      description = {
        "Ask the app for PATH now and then; while it answers with no status from 200 to 399, the"
            + " others of its pool are asked before it."
      })
  private @Nullable String healthPath;

  @Option(
      names = "--health-interval",
      paramLabel = "SECONDS",
      description = "How often that is (default: 5), and how long an answer may take.")
  private @Nullable Integer healthSeconds;

  @Override
  public Integer call() throws Exception {
    LocalTarget given = Targets.parse(target, LocalTarget.Scheme.HTTP);
    if (given.scheme() == LocalTarget.Scheme.TCP) {
      throw new UsageException(target + " is no web app", "Use culvert tcp for it.");
    }
    LocalTarget local = isHttp2 ? given.withHttp2() : given;
    if (name != null && !NAME.matcher(name).matches()) {
      throw new UsageException(
          "--name " + name + " is no host name, nor a label of one",
          "Give 1 to 63 letters and digits, with hyphens between them, or several of these with"
              + " dots between them.");
    }
    CommandSpec command = Targets.parsed(spec);
    Map<String, String> environment = Main.environment(command);
    RuleSettings settings =
        new RuleSettings(environment, ConfigFile.read(connection.config, environment));
    TunnelSpec tunnel = name == null ? TunnelSpec.http(local) : TunnelSpec.http(local, name);
    return TunnelRun.run(
        connection,
        withHealth(withPath(shared(tunnel)))
            .withRules(rules.rules(local, settings, command.commandLine().getErr())),
        command);
  }

  private TunnelSpec shared(TunnelSpec tunnel) throws UsageException {
    if (!isShared) {
      return tunnel;
    }
    if (name == null) {
      throw new UsageException("--pool needs a name", "Add --name, the same for all of the pool.");
    }
    return tunnel.shared();
  }

  private TunnelSpec withPath(TunnelSpec tunnel) throws UsageException {
    if (path == null) {
      return tunnel;
    }
    if (path.length() > 200 || !path.startsWith("/") || !PATH.matcher(path).matches()) {
      throw new UsageException(
          "--path " + path + " is no path that a tunnel can have",
          "Give letters, digits, dots and hyphens behind slashes, as in /api/v1.");
    }
    return path.equals("/") ? tunnel : tunnel.withPath(path);
  }

  private TunnelSpec withHealth(TunnelSpec tunnel) throws UsageException {
    if (healthPath == null) {
      if (healthSeconds != null) {
        throw new UsageException("--health-interval is given alone", "Add --health-check PATH.");
      }
      return tunnel;
    }
    try {
      return tunnel.withHealth(
          new HealthCheck(
              healthPath,
              healthSeconds == null
                  ? HealthCheck.STANDARD_INTERVAL
                  : Duration.ofSeconds(healthSeconds)));
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), "See culvert http --help.");
    }
  }
}
