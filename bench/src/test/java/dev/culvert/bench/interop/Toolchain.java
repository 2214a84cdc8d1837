package dev.culvert.bench.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What builds a peer program from its sources. */
enum Toolchain {
  GO("go", "go version", "go build -o peer ."),
  RUST("rust", "cargo --version", "cargo build --release --target-dir build"),
  NODE("js", "node --version", "npm ci --no-audit --no-fund --ignore-scripts --loglevel=error");

  private static final Path SOURCES = Path.of("src/test/interop").toAbsolutePath();
  private static final Path BUILDS = Path.of("target/interop").toAbsolutePath();
  private static final long BUILD_MINUTES = 5;

  private static final Map<Toolchain, String> PROBLEMS = new ConcurrentHashMap<>();

  private final String directory;
  private final String version; // words, parted by blanks
  private final String build;

  Toolchain(String directory, String version, String build) {
    this.directory = directory;
    this.version = version;
    this.build = build;
  }

  /** Where the peer program has been built. */
  Path directory() {
    return BUILDS.resolve(directory);
  }

  /** Builds the peer program, once for each run of the tests; empty where all is well. */
  String problem() {
    return PROBLEMS.computeIfAbsent(this, Toolchain::build);
  }

  private String build() {
    try {
      Files.createDirectories(directory());
      copy(SOURCES.resolve(directory), directory());
      Path log = directory().resolve("build.log");
      if (run(version, log) != 0) {
        return version + " failed:\n" + Files.readString(log);
      }
      String versionText = Files.readString(log).strip();
      long startNanos = System.nanoTime();
      if (run(build, log) != 0) {
        return build + " failed:\n" + Files.readString(log);
      }
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
      System.out.printf("Built the %s peer with %s in %d s%n", directory, versionText, seconds);
      return "";
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  private int run(String command, Path log) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command.split(" "))
            .directory(directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(command + " did not end in " + BUILD_MINUTES + " minutes");
    }
    return process.exitValue();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Path target = to.resolve(file.getFileName().toString());
        if (Files.isDirectory(file)) {
          copy(file, target);
        } else {
          Files.write(target, Files.readAllBytes(file));
        }
      }
    }
  }
}
