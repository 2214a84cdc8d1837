package dev.culvert.server.acme;

import dev.culvert.server.acme.IssueException.Scope;
import dev.culvert.server.acme.Ticket.TxtRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The operator's program that publishes DNS records: {@code present NAME VALUE} adds a TXT record
 * and returns when it can be seen, {@code cleanup NAME VALUE} removes that one record. It is
 * started without a shell, and killed with all that it started when it takes too long. One thread.
 */
final class DnsHook {
  static final Duration LONGEST = Duration.ofMinutes(3);

  private static final int MAX_ERROR_BYTES = 4096;
  private static final Duration LONGEST_LAST_WORDS = Duration.ofSeconds(1);

  private final Path program;
  private final Duration longest;

  DnsHook(Path program, Duration longest) {
    this.program = program;
    this.longest = longest;
  }

  void present(TxtRecord record) throws IssueException, InterruptedException {
    run("present", record);
  }

  void cleanUp(TxtRecord record) throws IssueException, InterruptedException {
    run("cleanup", record);
  }

  private void run(String action, TxtRecord record) throws IssueException, InterruptedException {
    String call = program + " " + action + " " + record.name();
    Process process;
    try {
      process =
          new ProcessBuilder(program.toString(), action, record.name(), record.value())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new IssueException(Scope.NAMES, call + " cannot be run: " + e.getMessage());
    }
    StringBuilder errors = new StringBuilder();
    Thread reader = Thread.ofVirtual().start(() -> read(process.getErrorStream(), errors));
    try {
      if (!process.waitFor(longest.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IssueException(
            Scope.NAMES, call + " took longer than " + longest.toSeconds() + " s");
      }
    } finally {
      if (process.isAlive()) { // of one that has ended this would close what it said
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    if (process.exitValue() != 0) {
      boolean _ = reader.join(LONGEST_LAST_WORDS);
      String said;
      synchronized (errors) {
        said = errors.toString().strip();
      }
      throw new IssueException(
          Scope.NAMES,
          call + " failed with " + process.exitValue() + (said.isEmpty() ? "" : ": " + said));
    }
  }

  /** Keeps the beginning, and takes the rest, so that the program never waits for us. */
  private static void read(InputStream in, StringBuilder errors) {
    byte[] bytes = new byte[MAX_ERROR_BYTES];
    try (in) {
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        synchronized (errors) {
          if (errors.length() < MAX_ERROR_BYTES) {
            errors.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
          }
        }
      }
    } catch (IOException e) {
      // It ended in the middle of a word: what was read so far is what there is.
    }
  }
}
