package dev.culvert.bench.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A packaged program, started through its launcher with the JDK that runs this. One thread. */
final class Program {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final String name;
  private final Path launcher;
  private final Path scratch;
  private final Path newCache;
  private final Path cache;

  /**
   * The program of that name in {@code directory}.
   *
   * @param scratch where its state goes while it is trained
   */
  Program(String name, Path directory, Path scratch) throws IOException {
    this.name = name;
    this.scratch = scratch;
    launcher = directory.resolve("bin").resolve(name);
    newCache = scratch.resolve(name + ".aot");
    try (Run run = start(Map.of(), List.of("--print-cache"))) {
      cache = Path.of(run.await("(.+\\.aot)"));
    }
  }

  /** Whether there is a cache; its name says that it is for these jars and this JDK. */
  boolean hasCache() {
    return Files.exists(cache);
  }

  long cacheBytes() throws IOException {
    return Files.size(cache);
  }

  Run start(Map<String, String> environment, List<String> arguments) throws IOException {
    return launch("", environment, arguments);
  }

  /**
   * Starts the program such that it leaves a cache when it ends. The quick compiler alone: the
   * profiles that the other would leave have later starts spend their time compiling.
   */
  Run train(Map<String, String> environment, List<String> arguments) throws IOException {
    Files.deleteIfExists(cache); // a JVM that uses one makes none
    return launch("-XX:TieredStopAtLevel=1 -XX:AOTCacheOutput=" + newCache, environment, arguments);
  }

  /** Puts the cache that training left where the launcher looks for it; others are out of date. */
  void keepCache() throws IOException {
    if (!Files.exists(newCache)) {
      throw new IOException(name + " left none when it ended");
    }
    try (DirectoryStream<Path> old = Files.newDirectoryStream(cache.getParent(), "*.aot")) {
      for (Path file : old) {
        Files.delete(file);
      }
    }
    Files.move(newCache, cache);
  }

  private Run launch(String jvmOption, Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(launcher.toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> inherited = builder.environment();
    inherited
        .keySet()
        .removeIf(key -> key.startsWith("CULVERT") || key.matches("JAVA_TOOL_OPTIONS|JDK_.*"));
    inherited.put(
        "CULVERT_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
    inherited.put("XDG_CONFIG_HOME", scratch.toString());
    inherited.put("XDG_STATE_HOME", scratch.toString());
    inherited.put(name.toUpperCase(Locale.ROOT) + "_JAVA_OPTS", jvmOption);
    inherited.putAll(environment);
    return new Run(builder.start());
  }

  /** One run; closing it ends it at once, where {@link #end} has not. */
  final class Run implements AutoCloseable {
    private static final String END = "end of output";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuilder seen = new StringBuilder();

    private Run(Process process) {
      this.process = process;
      Thread.ofPlatform().daemon().name("output-" + name).start(this::read);
    }

    /** Keeps all lines: the programs print what people read, one for each request at most. */
    private void read() {
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        output.lines().forEach(lines::add);
      } catch (IOException | RuntimeException e) {
        lines.add(name + ": its output broke off: " + e);
      }
      lines.add(END);
    }

    /**
     * Waits for a line with {@code pattern}, also among those that have come, and returns its
     * group.
     */
    String await(String pattern) throws IOException {
      Pattern line = Pattern.compile(pattern);
      while (true) {
        Matcher matcher = line.matcher(seen);
        if (matcher.find()) {
          return matcher.group(1);
        }
        String next = next();
        if (next.equals(END)) {
          throw new IOException(name + " ended with: " + seen.toString().strip());
        }
        seen.append(next).append('\n');
      }
    }

    private String next() throws IOException {
      try {
        String line = lines.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (line == null) {
          throw new IOException(name + " does not go on after: " + seen.toString().strip());
        }
        return line;
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    /**
     * Has the program end by itself, and waits until it has. It must be able to go on printing, and
     * {@link Process#destroy} would close its output.
     */
    void end() throws IOException {
      process.toHandle().destroy();
      awaitEnd();
    }

    private void awaitEnd() throws IOException {
      try {
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
          throw new IOException(name + " did not end in " + DEADLINE.toSeconds() + " s");
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    private IOException interrupted(InterruptedException cause) {
      Thread.currentThread().interrupt();
      return new IOException("interrupted while waiting for " + name, cause);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
