package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** One of Debian's programs, running. */
public final class PeerProgram implements AutoCloseable {
  private static final List<Path> DIRECTORIES = List.of(Path.of("/usr/bin"), Path.of("/usr/sbin"));
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final String name;
  private final Path log;
  private final Process process;

  private PeerProgram(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /**
   * Where the program is; the test is skipped where it is not, and fails where CI should have it.
   */
  public static Path require(String name) {
    Path found =
        DIRECTORIES.stream()
            .map(directory -> directory.resolve(name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(Path.of(""));
    boolean isInstalled = found.isAbsolute();
    if (System.getenv("CI") != null) {
      assertThat(isInstalled).as("%s is installed", name).isTrue();
    }
    assumeTrue(isInstalled, () -> name + " is not installed (see .ci/run)");
    return found;
  }

  /** Starts a program, whose output goes to a file in {@code home}. */
  public static PeerProgram start(Path home, String name, String... arguments) throws IOException {
    Path log = home.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(require(name).toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new PeerProgram(name, log, process);
  }

  /** An address of loopback's millions, so that no other program's ports are in the way. */
  static InetAddress ownAddress() throws IOException {
    RandomGenerator random = RandomGenerator.getDefault();
    byte[] bytes = {
      127,
      (byte) random.nextInt(1, 255),
      (byte) random.nextInt(1, 255),
      (byte) random.nextInt(2, 255)
    };
    return InetAddress.getByAddress(bytes);
  }

  public static InetSocketAddress freePort() throws IOException {
    InetAddress address = ownAddress();
    try (ServerSocket socket = new ServerSocket(0, 1, address)) {
      return new InetSocketAddress(address, socket.getLocalPort());
    }
  }

  /** Waits until it listens there. */
  public void awaitListening(InetSocketAddress address) throws IOException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        assertThat(socket.isConnected()).isTrue();
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() - deadline > 0) {
          close();
          throw new AssertionError(name + " did not start:\n" + output(), e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  /** Waits for its end; what it printed. */
  String awaitEnd(Duration deadline) {
    try {
      boolean hasEnded = process.waitFor(deadline.toSeconds(), TimeUnit.SECONDS);
      assertThat(hasEnded).as("%s ended; it said:\n%s", name, output()).isTrue();
      return output();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String output() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
