package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What slow visitors cost a good one: thousands of ours, and Debian's slowhttptest in each of its
 * ways. No request of the good one fails, its median stays below twice what it was, and the server,
 * which has little memory, lives. {@code bench/hostile} does it with ten thousand, and for minutes.
 */
@Timeout(240)
@TestInstance(Lifecycle.PER_CLASS)
final class SlowVisitorsTest {
  private static final boolean IS_LONG = Boolean.getBoolean("culvert.hostile");
  private static final int CONNECTIONS = IS_LONG ? 10_000 : 2_000;
  private static final int MAX_MEBIBYTES = 512;
  private static final Duration WARM_UP = IS_LONG ? Duration.ofSeconds(5) : Duration.ofSeconds(1);
  private static final Duration ALONE = IS_LONG ? Duration.ofSeconds(3) : Duration.ofMillis(200);

  /** The long one has all of them closed for their age, twice, and they come again. */
  private static final Duration BESIDE_HEADERS = Duration.ofSeconds(IS_LONG ? 25 : 1);

  private static final List<String> SLOWHTTPTEST_SIZE =
      IS_LONG
          ? List.of("-c", "900", "-r", "200", "-l", "20")
          : List.of("-c", "400", "-r", "400", "-l", "1");
  private static final Duration SLOWHTTPTEST_DEADLINE = Duration.ofSeconds(60);

  private Path home;
  private RecordingOrigin service;
  private ForkedCulvert culvert;
  private GoodVisitor visitor;

  /** Goes on while the good visitor is measured. */
  private interface Attack {
    /** The good visitor's median while it lasts, in nanoseconds. */
    long median() throws Exception;
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    home = directory;
    service = new RecordingOrigin();
    culvert =
        ForkedCulvert.start(
            home.resolve("state"), service.port(), "-Xmx128m", "-XX:MaxDirectMemorySize=128m");
    visitor = new GoodVisitor(culvert.http());
    visitor.median(WARM_UP);
  }

  @AfterAll
  void stop() throws IOException {
    culvert.close();
    service.close();
  }

  private void assertHarmless(String name, Attack attack) throws Exception {
    double ratio = ratio(name, attack);
    if (ratio >= 2) {
      ratio = ratio(name, attack); // something else may have kept the machine busy
    }
    assertThat(ratio).as("median under attack, over the one without").isLessThan(2);
    assertThat(culvert.peakMebibytes()).as("MiB").isLessThan(MAX_MEBIBYTES);
    assertThat(culvert.isAlive()).isTrue();
  }

  private double ratio(String name, Attack attack) throws Exception {
    long before = visitor.median(ALONE);
    long beside = attack.median();
    long after = visitor.median(ALONE);
    System.out.printf(
        "Median of a request: %d us, beside %s %d us, then %d us; server's peak %d MiB%n",
        before / 1000, name, beside / 1000, after / 1000, culvert.peakMebibytes());
    return 2.0 * beside / (before + after);
  }

  @Test
  void slowHeadersDoNoHarm() throws Exception {
    requireOpenFiles();

    assertHarmless(CONNECTIONS + " slow headers", this::besideHeaders);
  }

  private long besideHeaders() throws IOException {
    try (SlowHeaders attack = SlowHeaders.start(culvert.http(), CONNECTIONS)) {
      while (attack.established() < CONNECTIONS || culvert.openFiles() < CONNECTIONS) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      long median = visitor.median(BESIDE_HEADERS);
      if (IS_LONG) {
        assertThat(attack.closed()).as("closed by the server").isGreaterThanOrEqualTo(CONNECTIONS);
      }
      return median;
    }
  }

  private static void requireOpenFiles() {
    long max =
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
            .getMaxFileDescriptorCount();
    boolean isEnough = max > CONNECTIONS + 1_000;
    if (System.getenv("CI") != null) {
      assertThat(isEnough).as("%d open files are enough", max).isTrue();
    }
    assumeTrue(isEnough, () -> "a process may only have " + max + " open files (ulimit -n)");
  }

  static Stream<Arguments> ways() {
    return Stream.of(
        Arguments.of("slow headers", "/", List.of("-H", "-i", "1")),
        Arguments.of("slow bodies", "/", List.of("-B", "-i", "1", "-s", "8192")),
        Arguments.of("many ranges", "/", List.of("-R", "-a", "1", "-b", "1500")),
        Arguments.of("slow readers", "/big", List.of("-X", "-n", "1", "-z", "32", "-k", "3")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void slowhttptestDoesNoHarm(String way, String path, List<String> options) throws Exception {
    PeerProgram.require("slowhttptest");

    assertHarmless("slowhttptest's " + way, () -> besideSlowhttptest(path, options));
  }

  /** The program is told that the server is a proxy, so it need not look up the tunnel's name. */
  private long besideSlowhttptest(String path, List<String> options) throws IOException {
    String address = "127.0.0.1:" + culvert.http().getPort();
    String url = "http://" + ReverseProxy.HOST + path;
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(SLOWHTTPTEST_SIZE);
    arguments.addAll(List.of("-p", "3", "-d", address, "-u", url));
    try (PeerProgram attacker =
        PeerProgram.start(home, "slowhttptest", arguments.toArray(String[]::new))) {
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> attacker.awaitEnd(SLOWHTTPTEST_DEADLINE));
      long median = visitor.median(() -> !output.isDone());
      String said = output.join().replaceAll("\u001b\\[[0-9;]*[A-Za-z]", "");
      assertThat(said).contains("service available:   YES").doesNotContain("available:   NO");
      return median;
    }
  }
}
