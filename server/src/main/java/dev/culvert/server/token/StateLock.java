package dev.culvert.server.token;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to change what a state directory holds for good, tokens and identity, held by one
 * thread of one process at a time. Taking it waits. The lock file stays behind, since removing it
 * would let two holders in.
 */
public final class StateLock implements AutoCloseable {
  /** A file lock belongs to the whole JVM, and asking for it twice there throws. */
  private static final ReentrantLock WITHIN_JVM = new ReentrantLock();

  private final FileChannel channel;

  private StateLock(FileChannel channel) {
    this.channel = channel;
  }

  public static StateLock take(Path stateDirectory) throws TokenStoreException {
    Path file = stateDirectory.resolve("tokens.lock");
    WITHIN_JVM.lock();
    try {
      return new StateLock(openLocked(file));
    } catch (IOException | RuntimeException e) {
      WITHIN_JVM.unlock();
      throw new TokenStoreException(
          file + ": cannot be locked: " + FileFailure.reason(e),
          "Run as the user who owns " + stateDirectory,
          e);
    }
  }

  @Override
  public void close() throws TokenStoreException {
    try {
      channel.close();
    } catch (IOException e) {
      throw new TokenStoreException(
          "the lock on the token files was not given back: " + FileFailure.reason(e),
          "Check the disk",
          e);
    } finally {
      WITHIN_JVM.unlock();
    }
  }

  private static FileChannel openLocked(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), ownerOnly(file));
    try {
      channel.lock();
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    boolean posix = Files.getFileAttributeView(file, PosixFileAttributeView.class) != null;
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
