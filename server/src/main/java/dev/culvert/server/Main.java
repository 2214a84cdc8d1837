package dev.culvert.server;

import dev.culvert.mux.control.Secret;
import dev.culvert.server.token.FileFailure;
import dev.culvert.server.token.TokenStoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code culvertd}. */
@Command(
    name = "culvertd",
    description = "Makes services behind NAT reachable: the public end of Culvert.",
    subcommands = {
      ServeCommand.class,
      TokenCommand.class,
      IdentityCommand.class,
      KeysetCommand.class,
      SessionsCommand.class,
      DevAuthorityCommand.class,
      HashPasswordCommand.class
    },
    versionProvider = Main.VersionProvider.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or stopped as it was told to",
      "1:the machine cannot do it now, such as an address in use",
      "2:wrong usage or configuration, or an unusable file"
    },
    footer = {
      "",
      "Start with: culvertd serve",
    })
public final class Main {
  /** Log lines as one line each, unless the user has asked for something else. */
  private static final String LOG_FORMAT_PROPERTY = "java.util.logging.SimpleFormatter.format";

  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  private Main() {}

  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT_PROPERTY) == null) {
      System.setProperty(LOG_FORMAT_PROPERTY, "%1$tF %1$tT.%1$tL %4$-7s %5$s%6$s%n");
    }
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler((failure, arguments) -> report(failure))
        .setExecutionExceptionHandler((failure, command, parsed) -> report(command, failure));
  }

  private static int report(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    return tell(
        command,
        problem(failure),
        "See " + command.getCommandSpec().qualifiedName() + " --help.",
        USAGE);
  }

  private static String problem(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched) {
      return (unmatched.isUnknownOption() ? "unknown option " : "unexpected argument ")
          + unmatched.getUnmatched().getFirst();
    }
    String message = String.valueOf(failure.getMessage());
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static int report(CommandLine command, Exception failure) {
    return switch (failure) {
      case UsageException e -> tell(command, String.valueOf(e.getMessage()), e.remedy(), USAGE);
      case TokenStoreException e -> tell(command, e.problem(), e.remedy(), USAGE);
      case StartException e ->
          tell(
              command,
              e.problem(),
              e.remedy(),
              switch (e.fault()) {
                case CONFIGURATION -> USAGE;
                case MACHINE -> FAILURE;
              });
      default ->
          tell(
              command,
              failure instanceof IOException ? FileFailure.reason(failure) : failure.toString(),
              "If that is no fault of this machine, please report it, with culvertd --version.",
              FAILURE);
    };
  }

  private static int tell(CommandLine command, String problem, String remedy, int exitCode) {
    PrintWriter err = command.getErr();
    err.println("culvertd: " + line(problem));
    err.println("  " + line(remedy));
    err.flush();
    return exitCode;
  }

  /** On one line, nothing that a terminal takes for a command, and no token in the wrong place. */
  private static String line(String text) {
    return Secret.redact(text).replaceAll("[\\p{Cntrl}\\x80-\\x9f\\u2028\\u2029]+", " ");
  }

  /** Tells the program's version. */
  static final class VersionProvider implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.text(), "Java " + Runtime.version()};
    }
  }
}
