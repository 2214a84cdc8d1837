package dev.culvert.bench.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A running peer program: does what it is told, line by line. */
final class PeerProgram implements AutoCloseable {
  private static final long ANSWER_SECONDS = 110;

  private final Process process;
  private final Writer commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private PeerProgram(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("peer-output").start(this::readAnswers);
  }

  /** Starts a peer that dials {@code address}. */
  static PeerProgram start(
      PeerLibrary library, String role, InetSocketAddress address, Wrapping wrapping)
      throws IOException {
    List<String> command = new ArrayList<>(library.command());
    command.add(role);
    command.add(address.getHostString() + ":" + address.getPort());
    if (wrapping == Wrapping.TLS) {
      command.add("tls");
    }
    PeerProgram program =
        new PeerProgram(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    assertThat(program.answer()).isEqualTo("ready");
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
