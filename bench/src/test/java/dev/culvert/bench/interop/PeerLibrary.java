package dev.culvert.bench.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A yamux implementation of somebody else, and how its peer program is built and started. */
enum PeerLibrary {
  HASHICORP("go", "go", "go build -o peer .", "peer hashicorp"),
  GO_LIBP2P("go", "go", "go build -o peer .", "peer libp2p");

  private static final Path SOURCES = Path.of("src/test/interop").toAbsolutePath();
  private static final Path BUILDS = Path.of("target/interop").toAbsolutePath();
  private static final long BUILD_MINUTES = 8;
  private static final Map<String, String> PROBLEMS = new ConcurrentHashMap<>();

  private final String directory;
  private final String tool;
  private final String build; // words, parted by blanks
  private final String start;

  PeerLibrary(String directory, String tool, String build, String start) {
    this.directory = directory;
    this.tool = tool;
    this.build = build;
    this.start = start;
  }

  /** Resets of single streams are part of its API. */
  boolean canReset() {
    return this != HASHICORP;
  }

  /** The command of the peer program, to which its arguments are added. */
  List<String> command() {
    List<String> command = new ArrayList<>(List.of(start.split(" ")));
    command.set(0, BUILDS.resolve(directory).resolve(command.getFirst()).toString());
    return command;
  }

  /** Builds the peer program, once for each run of the tests; null where all is well. */
  synchronized @Nullable String problem() {
    String problem = PROBLEMS.computeIfAbsent(directory, ignored -> build());
    return problem.isEmpty() ? null : problem;
  }

  private String build() {
    try {
      if (run(List.of("sh", "-c", "command -v " + tool), SOURCES) != 0) {
        return tool + " is not installed";
      }
      Path built = BUILDS.resolve(directory);
      Files.createDirectories(built);
      copy(SOURCES.resolve(directory), built);
      return run(List.of(build.split(" ")), built) == 0 ? "" : build + " failed in " + built;
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Path target = to.resolve(file.getFileName().toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
          copy(file, target);
        } else {
          Files.write(target, Files.readAllBytes(file));
        }
      }
    }
  }

  private static int run(List<String> command, Path directory)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("culvert-interop", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException(command + " did not end in " + BUILD_MINUTES + " minutes");
      }
      if (process.exitValue() != 0) {
        System.err.print(Files.readString(log));
      }
      return process.exitValue();
    } finally {
      Files.delete(log);
    }
  }
}
