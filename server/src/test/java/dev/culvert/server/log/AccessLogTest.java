package dev.culvert.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.server.LoggedLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How lines get to their file, or do not. */
@Timeout(60)
final class AccessLogTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path directory;
  private Path file;
  private LoggedLines said;

  @BeforeEach
  void listen() {
    file = directory.resolve("access.log");
    said = new LoggedLines("dev.culvert.server.log");
  }

  @AfterEach
  void close() {
    said.close();
  }

  private static AccessLog open(Path file) throws IOException {
    return AccessLog.open(new AccessLogSettings(file, Format.JSON, true));
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file, StandardCharsets.US_ASCII);
  }

  @Test
  void everyEntryIsALineInItsOrder() throws Exception {
    try (AccessLog log = open(file)) {
      for (int i = 0; i < 1000; i++) {
        log.write(Entries.request("/" + i, null, null));
      }
      log.write(Entries.connection(null));
      log.awaitWritten();

      List<String> lines = lines(file);
      assertThat(lines).hasSize(1001);
      for (int i = 0; i < 1000; i++) {
        assertThat(lines.get(i)).contains("\"target\":\"/" + i + "\"");
      }
      assertThat(lines.getLast()).contains("tcp/20000");
    }
  }

  @Test
  void fileIsMadeForItsOwnerAndGroupAlone() throws Exception {
    open(file).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .matches("rw-(r--|---)---");
  }

  @Test
  void fileThatIsThereIsGoneOnWith() throws Exception {
    Files.writeString(file, "before\n");

    try (AccessLog log = open(file)) {
      log.write(Entries.connection(null));
    }

    assertThat(lines(file)).hasSize(2).first().isEqualTo("before");
  }

  @Test
  void fileThatCannotBeHadIsAFailureAtOnce() {
    assertThatThrownBy(() -> open(directory.resolve("missing/access.log")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whatWasSaidBeforeTheEndIsWritten() throws Exception {
    AccessLog log = open(file);
    for (int i = 0; i < 100; i++) {
      log.write(Entries.connection(null));
    }

    log.close();
    log.write(Entries.connection(null));

    assertThat(lines(file)).hasSize(100);
  }

  @Test
  void renamedFileGetsWhatCameBeforeAndANewOneTheRest() throws Exception {
    Path old = directory.resolve("access.log.1");
    try (AccessLog log = open(file)) {
      log.write(Entries.request("/first", null, null));
      log.awaitWritten();
      Files.move(file, old);
      log.write(Entries.request("/second", null, null));
      log.reopen();
      log.awaitWritten();
      log.write(Entries.request("/third", null, null));
      log.awaitWritten();
    }

    assertThat(lines(old)).hasSize(2).last().asString().contains("/second");
    assertThat(lines(file)).singleElement().asString().contains("/third");
  }

  @Test
  void noLineIsLostWhereFilesAreRenamedUnderLoad() throws Exception {
    int total = 20 * 500;
    List<Path> files = new ArrayList<>(List.of(file));
    try (AccessLog log = open(file)) {
      FutureTask<Void> load =
          new FutureTask<>(() -> {
            for (int i = 0; i < total; i++) {
              log.write(Entries.request("/" + i, null, null));
              if (i % 500 == 0) {
                log.awaitWritten(); // or some are dropped
              }
            }
            return null;
          });
      Thread.ofPlatform().start(load);
      for (int i = 0; !load.isDone(); i++) {
        Path old = directory.resolve("access.log." + i);
        Files.move(file, old);
        files.add(old);
        log.reopen();
        log.awaitWritten();
      }
      load.get();
      log.awaitWritten();
    }

    Set<String> targets = new HashSet<>();
    for (Path each : files) {
      for (String line : lines(each)) {
        assertThat(line).startsWith("{").endsWith("}");
        assertThat(targets.add(line.replaceAll(".*\"target\":\"([^\"]+)\".*", "$1"))).isTrue();
      }
    }
    assertThat(files).hasSizeGreaterThan(2);
    assertThat(targets).hasSize(total);
  }

  @Test
  void fileThatCannotBeOpenedAnewIsGoneOnWith() throws Exception {
    Path parent = Files.createDirectory(directory.resolve("logs"));
    Path moved = directory.resolve("moved");
    try (AccessLog log = open(parent.resolve("access.log"))) {
      Files.move(parent, moved);

      log.reopen();
      log.awaitWritten();
      log.write(Entries.connection(null));
      log.awaitWritten();
    }

    assertThat(lines(moved.resolve("access.log"))).hasSize(1);
    assertThat(said.lines()).anyMatch(line -> line.contains("cannot be opened anew"));
  }

  @Test
  void fullDiskIsToldOnceAndCostsLinesOnly() throws Exception {
    Path link = Files.createSymbolicLink(file, FULL);
    try (AccessLog log = open(link)) {
      for (int i = 0; i < 5; i++) {
        log.write(Entries.connection(null));
        log.awaitWritten();
      }
      assertThat(said.lines()).singleElement().asString().contains("No space left");

      Files.delete(link);
      log.reopen();
      log.awaitWritten();
      log.write(Entries.connection(null));
      log.awaitWritten();
    }

    assertThat(lines(file)).hasSize(2).first().isEqualTo(""); // what was cut ends there
    assertThat(said.lines().getLast()).contains("written again; 5 lines are missing");
  }

  @Test
  void outputThatStandsStillHoldsUpNobodyAndTakesABoundedPlace() throws Exception {
    Path pipe = directory.resolve("pipe");
    Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(mkfifo.waitFor(20, TimeUnit.SECONDS)).isTrue();
    Process nobodyReads =
        new ProcessBuilder(
                "sh", "-c", "exec 3<\"$1\"; exec tail -f /dev/null", "sh", pipe.toString())
            .start();
    try {
      AccessLog log = open(pipe);
      Entry.Request large = Entries.request("/" + "x".repeat(2000), null, null);
      for (int i = 0; i < 3 * AccessLog.MAX_ENTRIES; i++) {
        log.write(large); // would never come back
      }

      log.sumUp();
      log.sumUp();

      assertThat(said.lines())
          .singleElement()
          .asString()
          .matches("\\d+ lines are missing in the access log: it is written too slowly");
      log.close(); // comes back too
    } finally {
      nobodyReads.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void tokensAreNotWritten() throws Exception {
    String token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln";
    try (AccessLog log = open(file)) {
      log.write(Entries.request("/?t=" + token, "https://h/?t=" + token, token));
    }

    assertThat(Files.readString(file)).doesNotContain("eyJ").contains("/?t=(secret)");
  }

  @Test
  void queriesAreLeftOutOnRequest() throws Exception {
    try (AccessLog log = AccessLog.open(new AccessLogSettings(file, Format.COMBINED, false))) {
      log.write(Entries.request("/a?key=1", "https://h/p?key=1", null));
    }

    assertThat(Files.readString(file))
        .contains("GET /a HTTP/1.1", "https://h/p")
        .doesNotContain("key");
  }

  @Test
  void traceIsOneLineHoweverOftenItEnds() throws Exception {
    try (AccessLog log = open(file)) {
      RequestTrace trace =
          log.begin("192.0.2.7", "app", "POST", "/", "HTTP/2", "id", "https://r/", "agent");
      trace.owner("alice");
      trace.received(10);
      trace.received(20);
      trace.status(502);
      trace.sent(7);
      trace.error("refused");
      trace.end();
      trace.end();
    }

    assertThat(lines(file))
        .singleElement()
        .asString()
        .contains(
            "\"client\":\"alice\"",
            "\"protocol\":\"HTTP/2\"",
            "\"status\":502",
            "\"bytesIn\":30,\"bytesOut\":7",
            "\"error\":\"refused\"");
  }

  @Test
  void logThatIsOffTakesAllAndWritesNothing() {
    AccessLog off = AccessLog.off();

    off.begin("", "", "", "", "", "", null, null).end();
    off.write(Entries.connection(null));
    off.reopen();
    off.sumUp();
    off.close();

    assertThat(said.lines()).isEmpty();
  }
}
