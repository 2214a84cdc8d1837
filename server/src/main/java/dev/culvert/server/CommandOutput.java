package dev.culvert.server;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Where the command that this is mixed into writes what was asked for. */
@Command
final class CommandOutput {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  PrintWriter writer() {
    if (command == null) {
      throw new IllegalStateException("the command is not parsed yet");
    }
    return command.commandLine().getOut();
  }
}
