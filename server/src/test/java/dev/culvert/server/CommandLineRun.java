package dev.culvert.server;

import java.io.PrintWriter;
import java.io.StringWriter;
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
}
