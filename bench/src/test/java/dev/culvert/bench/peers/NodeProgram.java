package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One of the scripts in {@code src/test/interop/web}, running on Node. */
final class NodeProgram implements AutoCloseable {
  private static final Path SOURCES = Path.of("src/test/interop/web").toAbsolutePath();
  private static final Path BUILD = Path.of("target/interop/web").toAbsolutePath();
  private static final List<String> INSTALL =
      List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error");
  private static final long INSTALL_MINUTES = 3;
  private static final long DEADLINE_SECONDS = 30;
  private static final String END = "(it said no more)";

  private static @Nullable String problem; // of the libraries; empty where there is none

  private final String script;
  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();
  private final Thread reader;

  private NodeProgram(String script, Process process) {
    this.script = script;
    this.process = process;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("cannot be read: " + e);
    }
    lines.add(END);
  }

  /**
   * Has the libraries installed; the test is skipped where they cannot be, and fails where CI
   * should have them.
   */
  static synchronized void require() throws InterruptedException {
    if (problem == null) {
      problem = install();
    }
    String reason = problem;
    if (System.getenv("CI") != null) {
      assertThat(reason).isEmpty();
    }
    assumeTrue(reason.isEmpty(), reason);
  }

  private static String install() throws InterruptedException {
    try {
      Files.createDirectories(BUILD);
      try (Stream<Path> sources = Files.list(SOURCES)) {
        for (Path source : sources.toList()) {
          Path copy = BUILD.resolve(source.getFileName());
          Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Path log = BUILD.resolve("build.log");
      Process npm =
          new ProcessBuilder(INSTALL)
              .directory(BUILD.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean hasEnded = npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES);
      npm.destroyForcibly();
      return hasEnded && npm.exitValue() == 0 ? "" : "npm failed:\n" + Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  static NodeProgram start(String script, Object... arguments) throws Exception {
    require();
    List<String> command = new ArrayList<>(List.of("node", script));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process process =
        new ProcessBuilder(command).directory(BUILD.toFile()).redirectErrorStream(true).start();
    return new NodeProgram(script, process);
  }

  /** Waits for a line that has {@code pattern} in it; its first group, or the line. */
  String await(String pattern) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (true) {
      String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(line).as("%s says %s, behind %s", script, pattern, seen).isNotNull();
      assertThat(line).as("%s says %s, behind %s", script, pattern, seen).isNotEqualTo(END);
      seen.add(line);
      Matcher matcher = Pattern.compile(pattern).matcher(line);
      if (matcher.find()) {
        return matcher.groupCount() == 0 ? line : matcher.group(1);
      }
    }
  }

  /** Lets it go on where it waits for that. */
  void goOn() throws IOException {
    OutputStream in = process.getOutputStream();
    in.write('\n');
    in.flush();
  }

  /** Waits for its end, which must be a good one; what it said since the last {@link #await}. */
  List<String> awaitEnd() throws InterruptedException {
    boolean hasEnded = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (hasEnded) {
      reader.join();
    }
    List<String> said = new ArrayList<>();
    lines.drainTo(said);
    said.remove(END);
    assertThat(hasEnded).as("%s ended, and said %s %s", script, seen, said).isTrue();
    assertThat(process.exitValue()).as("%s said %s %s", script, seen, said).isZero();
    return said;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
