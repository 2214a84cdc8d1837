package dev.culvert.bench.interop;

import dev.culvert.mux.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A running peer program: does what it is told, line by line. */
final class PeerProgram implements AutoCloseable {
  private static final long ANSWER_SECONDS = 60;

  private final Process process;
  private final Writer commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private PeerProgram(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("peer-output").start(this::readAnswers);
  }

  /**
   * Starts a peer that dials {@code address}, over TLS where there is an authority that vouches for
   * us.
   */
  static PeerProgram start(
      PeerLibrary library, Role role, InetSocketAddress address, @Nullable Path authority)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(role == Role.CLIENT ? "client" : "server");
    arguments.add(address.getHostString() + ":" + address.getPort());
    if (authority != null) {
      arguments.add(authority.toString());
    }
    PeerProgram program =
        new PeerProgram(
            library.program(arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    String answer = program.answer();
    if (!answer.equals("ready")) {
      program.close();
      throw new IOException(library + ": " + answer);
    }
    return program;
  }

  private void readAnswers() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(answers::add);
    } catch (IOException | RuntimeException e) {
      answers.add("error " + e);
    }
    answers.add("the peer program ended");
  }

  /** Gives a command, whose answer {@link #answer} awaits. */
  void tell(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  String answer() {
    try {
      String answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
      return answer == null ? "no answer in " + ANSWER_SECONDS + " s" : answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  String ask(String command) throws IOException {
    tell(command);
    return answer();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
