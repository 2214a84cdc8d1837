package dev.culvert.bench.race;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the programs of a race are: named by the environment, or on the path. */
final class Programs {
  private static final List<String> NOT_ALWAYS_ON_PATH =
      List.of("/usr/sbin", "/usr/local/sbin", "/sbin");

  private Programs() {}

  /** The program that {@code RACE_NAME} names, or else the one on the path; null for none. */
  static @Nullable Path find(String name) {
    String named = System.getenv("RACE_" + name.toUpperCase(Locale.ROOT));
    if (named != null && !named.isEmpty()) {
      Path program = Path.of(named).toAbsolutePath();
      return Files.isExecutable(program) ? program : null;
    }
    List<String> directories = new ArrayList<>();
    directories.addAll(List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
    directories.addAll(NOT_ALWAYS_ON_PATH);
    for (String directory : directories) {
      Path program = Path.of(directory, name).toAbsolutePath();
      if (!directory.isEmpty() && Files.isRegularFile(program) && Files.isExecutable(program)) {
        return program;
      }
    }
    return null;
  }

  /** The program's path as text. */
  static String path(String name) {
    Path program = find(name);
    if (program == null) {
      throw new IllegalStateException(name + " is not installed");
    }
    return program.toString();
  }

  /** Those of {@code names} that are not installed, as a sentence; null where all are. */
  static @Nullable String missing(String... names) {
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      if (find(name) == null) {
        missing.add(name);
      }
    }
    return missing.isEmpty() ? null : "not installed: " + String.join(", ", missing);
  }
}
