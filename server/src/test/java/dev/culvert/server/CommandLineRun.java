package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** What the program said to its arguments. */
record CommandLineRun(int exitCode, String out, List<String> err) {
  static CommandLineRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine program =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exitCode = program.execute(arguments);
    return new CommandLineRun(exitCode, out.toString(), err.toString().lines().toList());
  }

  /** The words of {@code command} and then {@code words}, in a state directory. */
  static CommandLineRun in(Path state, String command, String... words) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(words));
    arguments.addAll(List.of("--state", state.toString()));
    return of(arguments.toArray(String[]::new));
  }

  /** It failed, with a line of cause and a line of remedy. */
  void assertTold(int exitCode, String problem, String remedy) {
    assertThat(err).as("%s", this).hasSize(2);
    assertThat(err.getFirst()).startsWith("culvertd: ").contains(problem);
    assertThat(err.getLast()).startsWith("  ").contains(remedy);
    assertThat(this.exitCode).isEqualTo(exitCode);
  }
}
