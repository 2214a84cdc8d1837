package dev.culvert.server;

import dev.culvert.server.StartException.Fault;
import dev.culvert.server.token.FileFailure;
import dev.culvert.server.token.StateLock;
import dev.culvert.server.token.TokenStore;
import dev.culvert.server.token.TokenStoreException;
import dev.culvert.tls.Identity;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The directory a running server keeps its state in, locked against a second one. */
final class StateDirectory implements AutoCloseable {
  private static final String LOCK = "server.lock";

  private final Path path;
  private final FileChannel lockFile;

  private StateDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it is missing, takes its lock, and deletes what was half written
   * there.
   *
   * @throws StartException where the directory cannot be had, or another server has it
   */
  static StateDirectory open(Path path) throws StartException {
    FileChannel lockFile;
    try {
      PrivateFile.createDirectory(path);
      requirePrivate(path);
      lockFile = PrivateFile.open(path.resolve(LOCK));
    } catch (StartException e) {
      throw e;
    } catch (IOException e) {
      throw unusable(path, e);
    }
    try {
      if (lockFile.tryLock() != null) {
        deleteUnfinished(path);
        return new StateDirectory(path, lockFile);
      }
      lockFile.close();
      throw taken(path, null);
    } catch (OverlappingFileLockException e) { // held by a server in this process
      throw taken(path, closeAfter(lockFile, e));
    } catch (StartException e) {
      throw closeAfter(lockFile, e);
    } catch (IOException e) {
      throw unusable(path, closeAfter(lockFile, e));
    }
  }

  private static void deleteUnfinished(Path path) throws IOException {
    try (var _ = StateLock.take(path)) { // commands write there too
      PrivateFile.deleteUnfinished(path);
    } catch (TokenStoreException e) {
      throw new StartException(Fault.CONFIGURATION, e.problem(), e.remedy(), e);
    }
  }

  /** Refuses a directory that others may look into: it holds keys. */
  static void requirePrivate(Path path) throws IOException {
    String permissions = PrivateFile.sharedPermissions(path);
    if (permissions != null) {
      throw new StartException(
          Fault.CONFIGURATION,
          path + ": others than its owner may use the state directory (" + permissions + ")",
          "Run chmod 700 on it, and replace keys and tokens if someone may have read them.",
          null);
    }
  }

  /** Whether a server has the directory's lock. */
  static boolean isServed(Path path) throws IOException {
    Path lock = path.resolve(LOCK);
    if (!Files.exists(lock)) {
      return false;
    }
    try (FileChannel channel = PrivateFile.open(lock)) {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) { // by a server in this process
      return true;
    }
  }

  private static <T extends Exception> T closeAfter(FileChannel channel, T failure) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  static StartException unusable(Path path, IOException cause) {
    return new StartException(
        Fault.CONFIGURATION,
        path + ": the state directory cannot be used: " + FileFailure.reason(cause),
        "Choose a directory that may be written with --state.",
        cause);
  }

  private static StartException taken(Path path, @Nullable Exception cause) {
    return new StartException(
        Fault.MACHINE,
        "another culvertd uses " + path,
        "Stop it, or give this one its own directory with --state.",
        cause);
  }

  Path path() {
    return path;
  }

  /**
   * Refuses to go on without the keys that sign tokens in a directory that was in use before.
   *
   * @throws StartException with the remedy
   */
  void requireKeyset() throws StartException {
    if (Files.exists(path.resolve(Identity.FILE))
        && Files.notExists(path.resolve(TokenStore.KEYSET_FILE))) {
      throw new StartException(
          Fault.CONFIGURATION,
          path.resolve(TokenStore.KEYSET_FILE) + ": missing, and nobody could be let in",
          "Restore it from a backup; or make new keys and a token with culvertd token create.",
          null);
    }
  }

  Path leases() {
    return path.resolve("leases.json");
  }

  /** Lets other users read a file that is for everyone, such as a certificate. */
  static void publish(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
