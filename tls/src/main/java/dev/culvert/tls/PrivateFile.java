package dev.culvert.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes files that only their owner may read: keys, tokens, names on lease.
 *
 * <p>A reader sees the old content or the new, never a part: the new content goes to a neighbour
 * file, is forced to disk and renamed over the old one. Where the file system knows no POSIX
 * permissions the mode is left to the platform.
 */
public final class PrivateFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** A new content on its way: the file's name, 16 hex digits, and this. */
  private static final String UNFINISHED = ".tmp";

  private static final Pattern NEIGHBOUR = Pattern.compile(".+\\.[0-9a-f]{16}\\.tmp");

  private PrivateFile() {}

  /** Replaces {@code file} with {@code content}, mode 0600. Any thread. */
  public static void write(Path file, byte[] content) throws IOException {
    Path neighbour = neighbour(file);
    try {
      fill(neighbour, content);
      Files.move(
          neighbour, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(neighbour);
    }
  }

  /**
   * Makes {@code file} with {@code content}, mode 0600, unless it is there: then it stays as it is,
   * also where somebody else makes it at the same moment. Any thread.
   */
  public static void writeIfMissing(Path file, byte[] content) throws IOException {
    Path neighbour = neighbour(file);
    try {
      fill(neighbour, content);
      Files.createLink(file, neighbour);
    } catch (FileAlreadyExistsException e) {
      // Somebody else's is whole, as ours would be.
    } finally {
      Files.deleteIfExists(neighbour);
    }
  }

  /**
   * Deletes what writers left in {@code directory} that were killed while they wrote. Nobody may be
   * writing there meanwhile.
   */
  public static void deleteUnfinished(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + UNFINISHED)) {
      for (Path file : files) {
        if (NEIGHBOUR.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static Path neighbour(Path file) {
    return file.resolveSibling(
        file.getFileName()
            + "."
            + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
            + UNFINISHED);
  }

  private static void fill(Path neighbour, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            neighbour,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            mode("rw-------"))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** Opens {@code file} to be written or locked; one that is missing is made, mode 0600. */
  public static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), mode("rw-------"));
  }

  /** Makes {@code directory} and its missing parents, mode 0700; an existing one is left alone. */
  public static void createDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, mode("rwx------"));
    }
  }

  /**
   * Refuses a file that anyone but its owner may read or write, by an {@link IOException} with the
   * remedy.
   */
  static void requirePrivate(Path file) throws IOException {
    String permissions = sharedPermissions(file);
    if (permissions != null) {
      throw new IOException(
          file
              + ": others than its owner may use this file ("
              + permissions
              + "); run chmod 600 on it, and replace the key if someone may have read it");
    }
  }

  /**
   * The permissions of a file or directory that others than its owner may use, such as {@code
   * rwxr-xr-x}; null where it is private, or the platform knows no such thing.
   */
  public static @Nullable String sharedPermissions(Path path) throws IOException {
    if (!knowsModes()) {
      return null;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    return OWNER_ONLY.containsAll(permissions) ? null : PosixFilePermissions.toString(permissions);
  }

  private static boolean knowsModes() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] mode(String permissions) {
    if (!knowsModes()) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }
}
