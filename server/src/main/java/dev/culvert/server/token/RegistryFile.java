package dev.culvert.server.token;

import dev.culvert.server.route.Permissions;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registry file {@code tokens.json}. Readers need no lock; writers hold {@link StateLock}. */
final class RegistryFile {
  /** Room for a full registry of tokens with {@link Permissions#STANDARD}, twice over. */
  private static final long MAX_BYTES = 16L << 20;

  /** Beyond this it takes nothing but revocations: the rest is room for one of every token. */
  static final long FULL_BYTES = 15L << 20;

  private final Path path;

  RegistryFile(Path stateDirectory) {
    this.path = stateDirectory.resolve("tokens.json");
  }

  Path path() {
    return path;
  }

  /** The file's content; an empty registry when there is no file. */
  Registry read() throws TokenStoreException {
    try {
      return decode();
    } catch (NoSuchFileException e) {
      return Registry.of(List.of());
    } catch (IOException e) {
      throw new TokenStoreException(
          path + ": cannot be read: " + FileFailure.reason(e), "Check the file and its owner", e);
    }
  }

  /** Writes a registry that has more in it than before; refused where it would be too long. */
  void writeLonger(Registry registry) throws TokenStoreException {
    byte[] json = bytes(registry);
    if (json.length > FULL_BYTES) {
      throw new TokenStoreException(
          path + ": it would be " + json.length + " bytes long, of at most " + FULL_BYTES,
          "Use patterns such as shop-* in place of long lists of names, domains and ports");
    }
    write(json);
  }

  /** Writes a registry in which tokens are revoked, and nothing else is new. */
  void write(Registry registry) throws TokenStoreException {
    write(bytes(registry));
  }

  private static byte[] bytes(Registry registry) {
    return RegistryFormat.encode(registry).getBytes(StandardCharsets.UTF_8);
  }

  private void write(byte[] json) throws TokenStoreException {
    try {
      PrivateFile.write(path, json);
    } catch (IOException e) {
      throw new TokenStoreException(
          path + ": cannot be written, nothing was changed: " + FileFailure.reason(e),
          "Check the space on the disk and the directory's owner",
          e);
    }
  }

  @Nullable FileStamp stamp() throws TokenStoreException {
    return FileStamp.of(path);
  }

  private Registry decode() throws IOException, TokenStoreException {
    long sizeBytes = Files.size(path);
    if (sizeBytes > MAX_BYTES) {
      throw corrupt(sizeBytes + " bytes (expected: at most " + MAX_BYTES + ")", null);
    }
    byte[] json = Files.readAllBytes(path);
    try {
      return RegistryFormat.decode(new String(json, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw corrupt(String.valueOf(e.getMessage()), e);
    }
  }

  private TokenStoreException corrupt(String what, @Nullable Throwable cause) {
    return new TokenStoreException(
        path + ": not a token registry: " + what,
        "Repair it or restore it from a backup; or move it away and create new tokens,"
            + " for then all tokens so far are refused",
        cause);
  }
}
