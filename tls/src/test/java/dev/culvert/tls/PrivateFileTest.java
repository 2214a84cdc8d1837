package dev.culvert.tls;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are written whole or not at all. */
@Timeout(60)
final class PrivateFileTest {
  private static final int WRITERS = 4;

  /** With so many a file takes a moment to fill; with one all are ready at the same time. */
  private static final int MANY_LINES = 10_000;

  @TempDir private Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void fileThatIsThereStaysAsItIs() throws Exception {
    Path file = directory.resolve("key");

    PrivateFile.writeIfMissing(file, bytes("first"));
    PrivateFile.writeIfMissing(file, bytes("second"));

    assertThat(file).hasContent("first");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void allWhoMakeAFileAtOnceFindTheSameInIt() throws Exception {
    CyclicBarrier start = new CyclicBarrier(WRITERS);
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      for (int round = 0; round < 100; round++) {
        Path file = directory.resolve("key" + round);
        int lines = round % 2 == 0 ? 1 : MANY_LINES;
        List<Future<Map<String, Long>>> found = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          byte[] own = bytes(("of writer " + writer + "\n").repeat(lines));
          found.add(
              writers.submit(() -> {
                start.await(20, TimeUnit.SECONDS);
                PrivateFile.writeIfMissing(file, own);
                return linesOf(file);
              }));
        }
        for (Future<Map<String, Long>> one : found) {
          assertThat(one.get()).isEqualTo(linesOf(file)).hasSize(1).containsValue((long) lines);
        }
      }
    }
  }

  /** How often each line is in the file. */
  private static Map<String, Long> linesOf(Path file) throws IOException {
    return Files.readAllLines(file).stream().collect(groupingBy(identity(), counting()));
  }

  @Test
  void onlyWhatIsUnfinishedIsDeleted() throws Exception {
    PrivateFile.write(directory.resolve("whole"), bytes("whole"));
    for (String name : List.of("keys.json.20261123", "notes.tmp", "a.0123456789abcdef")) {
      Files.createFile(directory.resolve(name));
    }
    Files.createFile(directory.resolve("keys.json.0123456789abcdef.tmp"));

    PrivateFile.deleteUnfinished(directory);

    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder(
            "whole", "keys.json.20261123", "notes.tmp", "a.0123456789abcdef");
  }
}
