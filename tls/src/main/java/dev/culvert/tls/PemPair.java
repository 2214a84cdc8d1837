package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of one certificate, the same file twice where it holds the key too. Its name in the
 * directory stays the same whatever of its files comes and goes.
 */
record PemPair(String name, Path chain, Path key) {
  private static final String KEY = ".key";
  private static final List<String> CHAINS = List.of(".crt", ".pem"); // the first one there is

  List<Path> files() {
    return List.of(chain, key);
  }

  /**
   * The pairs that a directory holds, in the order of their names: {@code NAME.crt} or {@code
   * NAME.pem} with {@code NAME.key}, or with the key inside; and in directories below it, as
   * certbot has them, {@code fullchain.pem} with {@code privkey.pem}. Hidden files are no part of
   * it. Whether a file that belongs to a pair is there, and good, its reader finds out.
   */
  static List<PemPair> in(Path directory) throws IOException {
    Map<String, PemPair> pairs = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        PemPair pair = of(entry);
        if (pair != null) {
          pairs.put(pair.name, pair);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return List.copyOf(pairs.values());
  }

  private static @Nullable PemPair of(Path entry) {
    String name = String.valueOf(entry.getFileName());
    int dot = name.lastIndexOf('.');
    String suffix = dot < 0 ? "" : name.substring(dot);
    if (name.startsWith(".")) {
      return null;
    }
    if (Files.isDirectory(entry)) {
      PemPair pair =
          new PemPair(name + "/", entry.resolve("fullchain.pem"), entry.resolve("privkey.pem"));
      return pair.files().stream().anyMatch(Files::exists) ? pair : null;
    }
    if (!suffix.equals(KEY) && !CHAINS.contains(suffix)) {
      return null;
    }
    String stem = name.substring(0, dot);
    Path key = entry.resolveSibling(stem + KEY);
    for (String chain : CHAINS) {
      Path file = entry.resolveSibling(stem + chain);
      if (Files.exists(file)) {
        return new PemPair(stem, file, Files.exists(key) ? key : file);
      }
    }
    return new PemPair(stem, entry.resolveSibling(stem + CHAINS.getFirst()), key);
  }
}
