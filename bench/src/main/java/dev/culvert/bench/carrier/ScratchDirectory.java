package dev.culvert.bench.carrier;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory for the state of one benchmark. */
public final class ScratchDirectory {
  private ScratchDirectory() {}

  public static Path create() throws IOException {
    return Files.createTempDirectory("culvert-benchmark");
  }

  /** Deletes it with all that is in it. */
  public static void delete(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(directory)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}
