package dev.culvert.client.cli;

import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
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
      "  culvert http 3000 --basic-auth-file passwords --cidr-allow 192.0.2.0/24",
    })
final class HttpCommand implements Callable<Integer> {
  private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

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
            + " how."
      })
  private @Nullable String name;

  @Override
  public Integer call() throws Exception {
    LocalTarget local = Targets.parse(target, LocalTarget.Scheme.HTTP);
    if (local.scheme() == LocalTarget.Scheme.TCP) {
      throw new UsageException(target + " is no web app", "Use culvert tcp for it.");
    }
    if (name != null && !NAME.matcher(name).matches()) {
      throw new UsageException(
          "--name " + name + " is no host name, nor a label of one",
          "Give 1 to 63 letters and digits, with hyphens between them, or several of these with"
              + " dots between them.");
    }
    CommandSpec command = Targets.parsed(spec);
    TunnelSpec tunnel = name == null ? TunnelSpec.http(local) : TunnelSpec.http(local, name);
    return TunnelRun.run(
        connection,
        tunnel.withRules(
            rules.rules(local, Main.environment(command), command.commandLine().getErr())),
        command);
  }
}
