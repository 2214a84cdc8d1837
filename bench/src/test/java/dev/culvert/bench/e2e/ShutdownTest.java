package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.demo.SampleApp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX) // open files are counted in /proc
final class ShutdownTest {
  @TempDir private Path state;

  @Test
  void closingLeavesNoThreadAndNoOpenFile() throws Exception {
    serveSomething(state.resolve("first")); // what is made once and stays is made here
    List<String> before = openFiles();

    serveSomething(state.resolve("second"));

    awaitNoThreads();
    assertThat(openFiles()).noneMatch(file -> file.startsWith(state.toString()));
    awaitOpenFiles(before);
  }

  @Test
  void closingInTheMiddleOfTransfersLeavesNothingEither() throws Exception {
    leaveInTheMiddle(state.resolve("first"));
    List<String> before = openFiles();

    leaveInTheMiddle(state.resolve("second"));

    awaitNoThreads();
    assertThat(openFiles()).noneMatch(file -> file.startsWith(state.toString()));
    awaitOpenFiles(before);
  }

  private static void leaveInTheMiddle(Path state) throws Exception {
    List<RawVisitor> visitors = new ArrayList<>();
    try (LocalService service = LocalService.start(new EndlessService()::converse);
        Tunnel tunnel = Tunnel.start(state)) {
      Client web = tunnel.connect(Tunnel.http(service.port()));
      Client tcp = tunnel.connect(Tunnel.tcp(service.port()));
      for (URI url : List.of(web.http(), web.https())) {
        RawVisitor visitor = RawVisitor.to(url);
        visitors.add(visitor);
        visitor.request("GET", "/chunked");
        assertThat(visitor.in().readNBytes(1 << 20)).hasSize(1 << 20);
      }
      RawVisitor visitor = RawVisitor.to(tcp.port());
      visitors.add(visitor);
      visitor.send("D");
      assertThat(visitor.in().readNBytes(1 << 20)).hasSize(1 << 20);
    }
    for (RawVisitor visitor : visitors) {
      visitor.cut();
    }
  }

  private static void serveSomething(Path state) throws Exception {
    try (SampleApp app = SampleApp.start(Tunnel.ANY_PORT);
        Tunnel tunnel = Tunnel.start(state)) {
      Client web = tunnel.connect(Tunnel.http(app.address().getPort()));
      Client tcp = tunnel.connect(Tunnel.tcp(app.address().getPort()));
      for (URI url :
          List.of(web.http(), web.https(), URI.create("http://localhost:" + tcp.port()))) {
        try (RawVisitor visitor = RawVisitor.to(url)) {
          visitor.request("GET", "/echo?text=x");
          assertThat(visitor.readBodyOfNextResponse()).isEqualTo("x");
        }
      }
    }
  }

  /** A loop says that it has ended with the last words of its thread. */
  private static void awaitNoThreads() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!threads().isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(threads()).isEmpty();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("culvert"))
        .toList();
  }

  /** Sockets, what event loops wait with, and the files of a server's state. */
  private static boolean isOurs(String target) {
    return target.startsWith("socket:")
        || target.startsWith("anon_inode:")
        || target.startsWith(System.getProperty("java.io.tmpdir"));
  }

  private static List<String> openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.map(ShutdownTest::target).filter(ShutdownTest::isOurs).sorted().toList();
    }
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  /** Sockets of the JDK's own are closed by other threads; ours are closed by now. */
  private static void awaitOpenFiles(List<String> expected) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (openFiles().size() > expected.size() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(openFiles().size()).isLessThanOrEqualTo(expected.size());
  }
}
