package dev.culvert.client.cli;

import dev.culvert.client.ClientConfig;
import dev.culvert.mux.control.Secret;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The instance secret of one running command, kept so that the same command gets the same URL
 * again.
 *
 * <p>There is a secret for each server and command; the lock keeps a second run of the same
 * command, at the same time, from taking the first one's place: it gets the next slot. At most
 * {@value #MAX_SLOTS} run at a time.
 */
final class InstanceSlot implements AutoCloseable {
  private static final int MAX_SLOTS = 64;

  private final Secret secret;
  private final FileChannel lock;

  private InstanceSlot(Secret secret, FileChannel lock) {
    this.secret = secret;
    this.lock = lock;
  }

  /**
   * Takes the first free slot of {@code command} in {@code directory}, which is made.
   *
   * @throws IOException if the directory cannot be used, or no slot is free
   */
  static InstanceSlot take(Path directory, String command) throws IOException {
    PrivateFile.createDirectory(directory);
    String name = digest(command).substring(0, 16);
    for (int i = 0; i < MAX_SLOTS; i++) {
      Path file = directory.resolve(name + "-" + i);
      FileChannel lock = PrivateFile.open(directory.resolve(name + "-" + i + ".lock"));
      if (isLocked(lock)) {
        return new InstanceSlot(secret(file), lock);
      }
      lock.close();
    }
    throw new IOException(
        MAX_SLOTS + " clients with this same command run already, and that is the most");
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another client in this same process
    }
  }

  private static Secret secret(Path file) throws IOException {
    if (Files.exists(file)) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
      if (text.matches("[0-9a-f]{32}")) {
        return new Secret(text);
      }
    }
    Secret secret = ClientConfig.newInstance();
    PrivateFile.write(file, (secret.reveal() + "\n").getBytes(StandardCharsets.UTF_8));
    return secret;
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  Secret secret() {
    return secret;
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
