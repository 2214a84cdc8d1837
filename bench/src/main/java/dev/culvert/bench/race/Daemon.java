package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A program that runs until it is ended, with its output in a file. Any thread. */
final class Daemon implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final Path output;

  /** Starts {@code command}, which inherits the environment but for {@code changes} to it. */
  Daemon(List<String> command, Map<String, String> changes, Path output) throws IOException {
    this.output = output;
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(key -> key.matches("CULVERT.*|JAVA_TOOL_OPTIONS|JDK_.*"));
    builder.environment().putAll(changes);
    process = builder.start();
    process.getOutputStream().close();
  }

  /** The process and all that come from it. */
  List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /** Waits for {@code pattern} in the output and returns its group. */
  String await(String pattern) throws IOException, InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      boolean ended = !process.isAlive();
      Matcher matcher = wanted.matcher(output());
      if (matcher.find()) {
        return matcher.group(1);
      }
      if (ended) {
        break;
      }
      Thread.sleep(5);
    }
    throw new IOException("no \"" + pattern + "\" in: " + lastOutput());
  }

  /** Waits until something listens at {@code port} of this machine. */
  void awaitListening(int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Ports.isListening(port)) {
      requireAlive();
      if (System.nanoTime() > end) {
        throw new IOException("nothing listens at " + port + ": " + lastOutput());
      }
      Thread.sleep(5);
    }
  }

  void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("ended with " + process.exitValue() + ": " + lastOutput());
    }
  }

  private String output() throws IOException {
    return Files.readString(output, StandardCharsets.ISO_8859_1);
  }

  /** The end of what it printed, in one line. */
  private String lastOutput() throws IOException {
    String text = output().strip().replaceAll("\\s+", " ");
    return text.substring(Math.max(0, text.length() - 300));
  }

  /** Asks it to end, and ends it after a second, with all that came from it. */
  @Override
  public void close() {
    List<ProcessHandle> all = processes();
    all.forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
