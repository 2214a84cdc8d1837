package dev.culvert.bench.secrecy;

import dev.culvert.mux.control.Secret;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * All that a run of tests says: every logger at the finest level, the console, and what the
 * programs say that tests start. Kept in a directory below the one that {@value #PROPERTY} names,
 * one for each JVM that has a part of the tests; without it nothing is kept. Any thread.
 */
public final class FinestOutput implements BeforeAllCallback {
  static final String PROPERTY = "culvert.finest";

  /** Tells the JVMs apart that share the tests. */
  private static final String FORK = "culvert.fork";

  /** Tells of each command line, and one test puts a token there: that is what is warned of. */
  private static final Logger PROGRAMS = Logger.getLogger("java.lang.ProcessBuilder");

  private static final @Nullable Path DIRECTORY = directory();
  private static boolean isStarted;

  private static @Nullable Path directory() {
    String directory = System.getProperty(PROPERTY);
    return directory == null
        ? null
        : Path.of(directory, System.getProperty(FORK, "1")).toAbsolutePath();
  }

  /** The directory with an empty beginning of each file in it; null where nothing is kept. */
  static synchronized @Nullable Path start() {
    if (DIRECTORY != null && !isStarted) {
      isStarted = true;
      try {
        deleteAll(DIRECTORY);
        Files.createDirectories(files(DIRECTORY));
        Files.createDirectories(programs(DIRECTORY));
        Files.createFile(classes(DIRECTORY));
        Files.createFile(used(DIRECTORY));
        keepConsole(DIRECTORY); // before the logger's own handler takes it
        keepLog(DIRECTORY);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return DIRECTORY;
  }

  /** Takes a secret that a test made or was given: the run must not show it. */
  public static void tell(Secret secret) {
    Path directory = start();
    if (directory != null) {
      byte[] text = secret.reveal().getBytes(StandardCharsets.UTF_8);
      append(used(directory), Base64.getEncoder().encodeToString(text));
    }
  }

  static Path log(Path directory) {
    return directory.resolve("log");
  }

  static Path console(Path directory) {
    return directory.resolve("console");
  }

  static Path programs(Path directory) {
    return directory.resolve("programs");
  }

  /** The names of the test classes that ran. */
  static Path classes(Path directory) {
    return directory.resolve("classes");
  }

  /** The secrets that tests told of. */
  static Path used(Path directory) {
    return directory.resolve("used");
  }

  /** The tests' own directories, which are kept. */
  static Path files(Path directory) {
    return directory.resolve("files");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Path directory = start();
    if (directory != null) {
      append(classes(directory), context.getRequiredTestClass().getName());
    }
  }

  static synchronized void append(Path file, String line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void keepLog(Path directory) throws IOException {
    FileHandler handler = new FileHandler(log(directory).toString());
    handler.setFormatter(new SimpleFormatter());
    handler.setEncoding(StandardCharsets.UTF_8.name());
    handler.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(Level.ALL);
    PROGRAMS.setLevel(Level.OFF);
  }

  @SuppressWarnings("resource") // open as long as the JVM runs
  private static void keepConsole(Path directory) throws IOException {
    OutputStream kept = new FileOutputStream(console(directory).toFile(), true);
    System.setOut(new PrintStream(new Both(System.out, kept), true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(new Both(System.err, kept), true, StandardCharsets.UTF_8));
  }

  private static void deleteAll(Path directory) throws IOException {
    if (Files.exists(directory)) {
      List<Path> paths;
      try (Stream<Path> all = Files.walk(directory)) {
        paths = all.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : paths) {
        Files.delete(path);
      }
    }
  }

  /** Writes to two streams; only the second one may fail. */
  private static final class Both extends OutputStream {
    private final PrintStream first;
    private final OutputStream second;

    private Both(PrintStream first, OutputStream second) {
      this.first = first;
      this.second = second;
    }

    @Override
    public void write(int b) throws IOException {
      first.write(b);
      second.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      first.write(bytes, offset, length);
      second.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      first.flush();
      second.flush();
    }
  }
}
