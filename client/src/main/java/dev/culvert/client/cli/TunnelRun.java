package dev.culvert.client.cli;

import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.cli.ConnectionOptions.Connection;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;

/** Runs a client in the foreground until it ends or Ctrl-C does. */
final class TunnelRun {
  private TunnelRun() {}

  /** Returns the exit code. */
  static int run(ConnectionOptions options, TunnelSpec tunnel, CommandSpec command)
      throws UsageException, IOException, InterruptedException {
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    Connection connection = new Settings(options, System.getenv(), err).connection();
    String slot = connection.host() + ":" + connection.port() + " " + tunnel;
    try (InstanceSlot instance = InstanceSlot.take(InstanceSlot.standardDirectory(), slot)) {
      ClientConfig config =
          new ClientConfig(
              connection.host(),
              connection.port(),
              connection.trust(),
              connection.token(),
              instance.secret(),
              List.of(tunnel));
      return run(CulvertClient.start(config, LineLog.to(out)), err);
    }
  }

  private static int run(CulvertClient client, PrintWriter err) throws InterruptedException {
    Thread onSignal =
        new Thread(
            () -> {
              client.close();
              Runtime.getRuntime().halt(ExitCode.CLEAN);
            },
            "culvert-shutdown");
    Runtime.getRuntime().addShutdownHook(onSignal);
    ClientEnd end;
    try {
      end = client.ended().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // the future never fails
    }
    if (end.kind() == ClientEnd.Kind.CLOSED) {
      Thread.currentThread().join(); // the hook ends the program
    }
    Runtime.getRuntime().removeShutdownHook(onSignal);
    client.close();
    err.println("culvert: " + end.message());
    err.println("  " + remedy(end.kind()));
    return ExitCode.of(end.kind());
  }

  private static String remedy(ClientEnd.Kind end) {
    return switch (end) {
      case CLOSED -> "";
      case UNAUTHORIZED -> "Check the token; culvertd token list shows which ones are valid.";
      case UNTRUSTED ->
          "Check the server's address, and --pin against the identity that culvertd prints.";
      case TUNNEL_REFUSED -> "Ask for another one, or leave it out to be given one.";
      case UNREACHABLE -> "Check that culvertd runs there and that its tunnel port is open.";
      case SUPERSEDED -> "End the other client, or run this one under its own state directory.";
      case INCOMPATIBLE -> "Use a client and a server of the same version.";
    };
  }
}
