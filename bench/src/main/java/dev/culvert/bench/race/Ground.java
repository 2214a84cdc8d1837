package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A temporary directory with what every race needs: a certificate for {@code localhost} that is its
 * own authority, configurations and outputs. Closing it ends every program started here. Any
 * thread.
 */
final class Ground implements AutoCloseable {
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);

  private final Path directory;
  private final List<Daemon> daemons = new ArrayList<>();
  private int files;
  private boolean closed;

  private Ground(Path directory) {
    this.directory = directory;
  }

  /** Makes the directory and the certificate, with the {@code openssl} of the machine. */
  static Ground prepare() throws IOException, InterruptedException {
    Ground ground = new Ground(Files.createTempDirectory("culvert-race"));
    ground.run(
        Programs.path("openssl"),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-days",
        "30",
        "-keyout",
        ground.key().toString(),
        "-out",
        ground.certificate().toString());
    String both = Files.readString(ground.certificate()) + Files.readString(ground.key());
    Files.writeString(ground.file("both.pem"), both);
    return ground;
  }

  Path certificate() {
    return file("certificate.pem");
  }

  Path key() {
    return file("key.pem");
  }

  /** Certificate and key in one file. */
  Path certificateAndKey() {
    return file("both.pem");
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** Writes a file that only this user can read; {@code name} need not be unique. */
  synchronized Path write(String name, String text) throws IOException {
    Path file = file(files++ + "-" + name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  /** Starts a program that ends with this ground, if not before. */
  synchronized Daemon start(Map<String, String> environment, String... command) throws IOException {
    if (closed) {
      throw new IOException("the race is over");
    }
    Daemon daemon = new Daemon(Arrays.asList(command), environment, file(files++ + "-output"));
    daemons.add(daemon);
    return daemon;
  }

  /** Runs a command to its end and returns what it printed. */
  String run(String... command) throws IOException, InterruptedException {
    Path output = write("output", "");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command[0] + " did not end");
    }
    String text = Files.readString(output, StandardCharsets.ISO_8859_1).strip();
    if (process.exitValue() != 0) {
      throw new IOException(command[0] + " failed: " + text);
    }
    return text;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    daemons.forEach(Daemon::close);
    daemons.clear();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println("could not delete " + directory + ": " + e);
    }
  }
}
