package dev.culvert.client.cli;

import dev.culvert.client.Version;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code culvert}. */
@Command(
    name = "culvert",
    description = "Makes a service on this machine reachable through a culvertd server.",
    subcommands = {HttpCommand.class, TcpCommand.class},
    versionProvider = Main.VersionProvider.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ended by Ctrl-C",
      "1:unexpected failure",
      "2:wrong usage or configuration",
      "3:the token, or the server's identity, was refused",
      "4:the name or port was refused",
      "5:the server could not be reached at the start"
    },
    footer = {
      "",
      "Start with: culvert http 3000 --server tunnel.example.com:7000",
    })
public final class Main {
  private static final String LOG_LEVEL_PROPERTY = "java.util.logging.SimpleFormatter.format";

  private Main() {}

  public static void main(String[] args) {
    if (System.getProperty(LOG_LEVEL_PROPERTY) == null) {
      System.setProperty(LOG_LEVEL_PROPERTY, "%1$tT.%1$tL %4$-7s %5$s%6$s%n");
    }
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler((failure, command, parsed) -> report(command, failure));
  }

  private static int report(CommandLine command, Exception failure) {
    PrintWriter err = command.getErr();
    String message = failure.getMessage();
    err.println("culvert: " + (message == null ? failure.toString() : message));
    if (failure instanceof UsageException usage) {
      err.println("  " + usage.remedy());
      return ExitCode.USAGE;
    }
    return ExitCode.UNEXPECTED;
  }

  /** Tells the program's version. */
  static final class VersionProvider implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.text(), "Java " + Runtime.version()};
    }
  }
}
