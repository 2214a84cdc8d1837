package dev.culvert.server.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Where lines go: the end of a file, or the standard output. One thread.
 *
 * <p>A file that is missing is made for its owner to write and its group to read.
 */
final class LogFile implements AutoCloseable {
  private static final String MODE = "rw-r-----";

  private final @Nullable Path path;
  private FileOutputStream out;

  /** Opens {@code path}; null is the standard output. */
  LogFile(@Nullable Path path) throws IOException {
    this.path = path;
    this.out = path == null ? new FileOutputStream(FileDescriptor.out) : open(path);
  }

  private static FileOutputStream open(Path path) throws IOException {
    try {
      if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)));
      }
    } catch (FileAlreadyExistsException e) {
      // It is gone on with, and has the permissions that somebody gave it.
    }
    return new FileOutputStream(path.toFile(), true);
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** Opens the file anew, which somebody may have renamed. The old one stays where that fails. */
  void reopen() throws IOException {
    if (path != null) {
      FileOutputStream old = out;
      out = open(path);
      old.close();
    }
  }

  /** The standard output stays open: others write there too. */
  @Override
  public void close() throws IOException {
    if (path != null) {
      out.close();
    }
  }

  @Override
  public String toString() {
    return path == null ? "standard output" : path.toString();
  }
}
