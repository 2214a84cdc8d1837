package dev.culvert.server;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code culvertd}. */
@Command(
    name = "culvertd",
    description = "Makes services behind NAT reachable: the public end of Culvert.",
    subcommands = {ServeCommand.class, TokenCommand.class},
    versionProvider = Main.VersionProvider.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Start with: culvertd serve",
    })
public final class Main {
  /** Log lines as one line each, unless the user has asked for something else. */
  private static final String LOG_FORMAT_PROPERTY = "java.util.logging.SimpleFormatter.format";

  private Main() {}

  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT_PROPERTY) == null) {
      System.setProperty(LOG_FORMAT_PROPERTY, "%1$tF %1$tT.%1$tL %4$-7s %5$s%6$s%n");
    }
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          report(command.getErr(), failure);
          return failure instanceof UsageException ? 2 : 1;
        });
  }

  private static void report(PrintWriter err, Exception failure) {
    String message = failure.getMessage();
    err.println("culvertd: " + (message == null ? failure.toString() : message));
  }

  /** What the user wrote cannot be done as written. */
  static final class UsageException extends Exception {
    UsageException(String message) {
      super(message);
    }
  }

  /** Tells the program's version. */
  static final class VersionProvider implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.text(), "Java " + Runtime.version()};
    }
  }
}
