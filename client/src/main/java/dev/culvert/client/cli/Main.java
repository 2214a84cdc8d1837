package dev.culvert.client.cli;

import dev.culvert.client.Version;
import dev.culvert.mux.control.Secret;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

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
      "Start with: culvert http 3000 --server tunnel.example.com:7000 --pin sha256/...",
      "as culvertd prints it, with CULVERT_AUTHTOKEN set. What is the same each time can stand in",
      "~/.config/culvert/culvert.toml: server, pin or ca-file, token-file or authtoken.",
    })
public final class Main {
  private static final String LOG_FORMAT_PROPERTY = "java.util.logging.SimpleFormatter.format";

  private final Map<String, String> environment;
  private final InputStream in;

  private Main(Map<String, String> environment, InputStream in) {
    this.environment = environment;
    this.in = in;
  }

  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT_PROPERTY) == null) {
      System.setProperty(LOG_FORMAT_PROPERTY, "%1$tT.%1$tL %4$-7s %5$s%6$s%n");
    }
    System.exit(commandLine(System.getenv(), System.in).execute(args));
  }

  static CommandLine commandLine(Map<String, String> environment, InputStream in) {
    return new CommandLine(new Main(environment, in))
        .setParameterExceptionHandler((failure, arguments) -> report(failure))
        .setExecutionExceptionHandler((failure, command, parsed) -> report(command, failure));
  }

  /** The environment that the program of {@code command} runs in. */
  static Map<String, String> environment(CommandSpec command) {
    return ((Main) command.root().userObject()).environment;
  }

  /** What that program reads from. */
  static InputStream input(CommandSpec command) {
    return ((Main) command.root().userObject()).in;
  }

  private static int report(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    tell(
        command,
        String.valueOf(failure.getMessage()),
        "Run " + command.getCommandSpec().qualifiedName() + " --help.");
    return ExitCode.USAGE;
  }

  private static int report(CommandLine command, Exception failure) {
    if (failure instanceof UsageException usage) {
      tell(command, String.valueOf(usage.getMessage()), usage.remedy());
      return ExitCode.USAGE;
    }
    String message = failure.getMessage();
    tell(
        command,
        message == null || failure instanceof RuntimeException ? failure.toString() : message,
        "If that is no fault of this machine, please report it, with culvert --version.");
    return ExitCode.UNEXPECTED;
  }

  /** What is quoted may be a token that stands in the wrong place. */
  private static void tell(CommandLine command, String cause, String remedy) {
    PrintWriter err = command.getErr();
    err.println("culvert: " + TerminalText.message(Secret.redact(cause)));
    err.println("  " + TerminalText.message(Secret.redact(remedy)));
    err.flush();
  }

  /** Tells the program's version. */
  static final class VersionProvider implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.text(), "Java " + Runtime.version()};
    }
  }
}
