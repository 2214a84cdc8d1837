package dev.culvert.client.cli;

import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.cli.ConnectionOptions.Connection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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
    try (InstanceSlot instance = take(InstanceSlot.standardDirectory(), slot)) {
      ClientConfig config =
          new ClientConfig(
              connection.host(),
              connection.port(),
              connection.trust(),
              connection.token(),
              instance.secret(),
              List.of(tunnel));
      return run(start(config, out), err);
    }
  }

  private static InstanceSlot take(Path directory, String slot) throws UsageException {
    try {
      return InstanceSlot.take(directory, slot);
    } catch (IOException e) {
      throw new UsageException(
          "cannot keep this client's secret in " + directory + ": " + FileFailure.reason(e),
          "Make it a directory of yours, or name another with XDG_STATE_HOME.");
    }
  }

  private static CulvertClient start(ClientConfig config, PrintWriter out) throws UsageException {
    try {
      return CulvertClient.start(config, LineLog.to(out));
    } catch (IOException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()), "Check --ca-file, or use --pin instead.");
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
    err.println("culvert: " + TerminalText.message(end.message()));
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
