package dev.culvert.client.cli;

import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.TunnelSpec;
import dev.culvert.client.cli.ConnectionOptions.Connection;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Runs a client in the foreground until it ends or Ctrl-C does. */
final class TunnelRun {
  private TunnelRun() {}

  /** Returns the exit code. */
  static int run(ConnectionOptions options, TunnelSpec asked, CommandSpec command)
      throws UsageException, IOException, InterruptedException {
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    Map<String, String> environment = Main.environment(command);
    Settings settings = new Settings(options, environment, Main.input(command), err);
    Connection connection = settings.connection();
    TunnelSpec tunnel = asked.name() != null && settings.isPool() ? asked.shared() : asked;
    String slot = connection.host() + ":" + connection.port() + " " + tunnel.identity();
    Path directory = UserDirectories.state(environment).resolve("instances");
    try (InstanceSlot instance = take(directory, slot);
        LineLog log = LineLog.to(out)) {
      ClientConfig config =
          new ClientConfig(
              connection.host(),
              connection.port(),
              connection.trust(),
              connection.token(),
              instance.secret(),
              List.of(tunnel));
      return run(start(config, log), log, connection, err);
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

  private static CulvertClient start(ClientConfig config, LineLog log) throws UsageException {
    try {
      return CulvertClient.start(config, log);
    } catch (IOException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()), "Check --ca-file, or use --pin instead.");
    }
  }

  private static int run(CulvertClient client, LineLog log, Connection connection, PrintWriter err)
      throws InterruptedException {
    Thread onSignal =
        new Thread(
            () -> {
              client.close();
              log.close();
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
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      Thread.currentThread().join(); // Ctrl-C came at the same moment, and its hook is at work
    }
    client.close();
    log.close(); // the last lines come before the reason
    err.println("culvert: " + TerminalText.message(end.message()));
    err.println("  " + remedy(end, connection));
    return ExitCode.of(end.kind());
  }

  static String remedy(ClientEnd end, Connection connection) {
    return switch (end.kind()) {
      case CLOSED -> "";
      case UNAUTHORIZED -> "Check the token; culvertd token list shows which ones are valid.";
      case UNTRUSTED -> trustRemedy(connection);
      case TUNNEL_REFUSED -> refusalRemedy(end.refusal());
      case UNREACHABLE -> "Check that culvertd runs there and that its tunnel port is open.";
      case SUPERSEDED ->
          "End the other client, or give this one a directory of its own in XDG_STATE_HOME.";
      case INCOMPATIBLE -> "Use a client and a server of the same version.";
    };
  }

  /** The message says what was refused: a name, a port, a path, or rules for visitors. */
  private static String refusalRemedy(@Nullable TunnelRefusalCode code) {
    return switch (code) {
      case TAKEN -> "Ask for another one, or leave it out to be given one.";
      case INVALID -> "Correct it; the command's --help says what can be asked for.";
      case FORBIDDEN ->
          "Ask for what the token allows, or the operator for a token that allows it.";
      case EXHAUSTED -> "End a tunnel that is not needed, or try again later.";
      case null -> "Ask for another one.";
    };
  }

  /** A server shows its own certificate only to a client that names it, which takes a dot. */
  static String trustRemedy(Connection connection) {
    boolean isNamed = !connection.host().contains(":") && connection.host().matches(".*\\.\\D.*");
    String dotted =
        isNamed
            ? ""
            : " A server without a dot in its name, or by address, is known by --pin only.";
    return switch (connection.trust()) {
      case Trust.PinnedKey _ ->
          "Compare --pin with the identity that culvertd prints at its start.";
      case Trust.AuthorityFile _ ->
          "Check the address and --ca-file, or give --pin as culvertd prints it." + dotted;
      case Trust.AnythingHere _ -> "Leave --insecure out, and give --pin as culvertd prints it.";
      case Trust.SystemAuthorities _ ->
          "Give --pin as culvertd prints it, or --ca-file for an authority of your own." + dotted;
    };
  }
}
