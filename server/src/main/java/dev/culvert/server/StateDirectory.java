package dev.culvert.server;

import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The directory a running server keeps its state in, locked against a second one. */
final class StateDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel lockFile;

  private StateDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it is missing and takes its lock.
   *
   * @throws IOException with the remedy, where another server has it
   */
  static StateDirectory open(Path path) throws IOException {
    PrivateFile.createDirectory(path);
    FileChannel lockFile =
        FileChannel.open(
            path.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = lockFile.tryLock();
      locked = lock != null;
    } catch (OverlappingFileLockException e) {
      locked = false; // held by a server in this process
    } finally {
      if (!locked) {
        lockFile.close();
      }
    }
    if (!locked) {
      throw new IOException(
          "another culvertd uses " + path + ": stop it, or give this one its own with --state");
    }
    return new StateDirectory(path, lockFile);
  }

  Path path() {
    return path;
  }

  Path leases() {
    return path.resolve("leases.json");
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
