package dev.culvert.bench.secrecy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What one program says that a test starts: what it prints, and its log at the finest level. */
public final class ProgramOutput {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final @Nullable Path printed;
  private final List<String> jvmFlags;

  private ProgramOutput(@Nullable Path printed, List<String> jvmFlags) {
    this.printed = printed;
    this.jvmFlags = jvmFlags;
  }

  /** For a program that is about to be started. */
  public static ProgramOutput next() throws IOException {
    Path directory = FinestOutput.start();
    if (directory == null) {
      return new ProgramOutput(null, List.of());
    }
    Path programs = FinestOutput.programs(directory);
    int number = COUNT.incrementAndGet();
    Path logging =
        Files.writeString(
            programs.resolve(number + ".properties"),
            """
            .level=ALL
            handlers=java.util.logging.FileHandler,java.util.logging.ConsoleHandler
            java.util.logging.FileHandler.level=ALL
            java.util.logging.FileHandler.encoding=UTF-8
            java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter
            java.util.logging.FileHandler.pattern=%s
            """
                .formatted(programs.resolve(number + ".log")));
    return new ProgramOutput(
        programs.resolve(number + ".out"), List.of("-Djava.util.logging.config.file=" + logging));
  }

  /** What its JVM is to be started with. */
  public List<String> jvmFlags() {
    return jvmFlags;
  }

  /** Takes a line that it printed. */
  public void add(String line) {
    if (printed != null) {
      FinestOutput.append(printed, line);
    }
  }
}
