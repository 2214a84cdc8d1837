package dev.culvert.server;

import dev.culvert.server.StartException.Fault;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvertd sessions}: who is connected to the server of a state directory. */
@Command(
    name = "sessions",
    description = "Lists the clients that are connected, and what protects each connection.",
    mixinStandardHelpOptions = true)
final class SessionsCommand implements Callable<Integer> {
  @Mixin private StateOption state = new StateOption();

  @Mixin private final CommandOutput output = new CommandOutput();

  @Override
  public Integer call() throws Exception {
    Path directory = state.path();
    if (!StateDirectory.isServed(directory)) {
      throw notServed(directory);
    }
    List<SessionsFile.Line> sessions;
    try {
      sessions = new SessionsFile(directory).read();
    } catch (NoSuchFileException e) {
      throw notServed(directory);
    }
    print(sessions, output.writer());
    return 0;
  }

  private static StartException notServed(Path directory) {
    return new StartException(
        Fault.MACHINE,
        "no server runs with the state directory " + directory,
        "Give the server's with --state or CULVERTD_STATE, or start it.",
        null);
  }

  private static void print(List<SessionsFile.Line> sessions, PrintWriter out) {
    out.printf("%-24s  %-22s  %-20s  %-40s  %s%n", "CLIENT", "ADDRESS", "SINCE", "TLS", "SOFTWARE");
    for (SessionsFile.Line session : sessions) {
      out.printf(
          "%-24s  %-22s  %-20.19s  %-40s  %s%n",
          session.client(), session.address(), session.since(), session.tls(), session.software());
    }
    out.flush();
  }
}
