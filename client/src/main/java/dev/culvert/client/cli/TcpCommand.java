package dev.culvert.client.cli;

import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culvert tcp}: gives any TCP service a public port. */
@Command(
    name = "tcp",
    description = "Gives a TCP service on this machine, or near it, a public port.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  culvert tcp 22",
      "  culvert tcp db.internal:5432 --remote-port 20432",
    })
final class TcpCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ConnectionOptions connection = new ConnectionOptions();
  @Mixin private AddressOptions addresses = new AddressOptions();

  @Parameters(paramLabel = "TARGET", description = "The service: a port or HOST:PORT.")
  private String target = "";

  @Option(
      names = "--remote-port",
      paramLabel = "PORT",
      description = "The public port (default: one that is free).",
      defaultValue = "0")
  private int remotePort;

  @Override
  public Integer call() throws Exception {
    LocalTarget local = Targets.parse(target, LocalTarget.Scheme.TCP);
    if (local.scheme() != LocalTarget.Scheme.TCP) {
      throw new UsageException(target + " is a URL", "Give a port or HOST:PORT.");
    }
    if (remotePort < 0 || remotePort > 65535) {
      throw new UsageException("--remote-port " + remotePort, "Give a port from 1 to 65535.");
    }
    CommandSpec command = Targets.parsed(spec);
    Map<String, String> environment = Main.environment(command);
    RuleSettings settings =
        new RuleSettings(environment, ConfigFile.read(connection.config, environment));
    return TunnelRun.run(
        connection,
        TunnelSpec.tcp(local, remotePort).withRules(addresses.rules(settings)),
        command);
  }
}
