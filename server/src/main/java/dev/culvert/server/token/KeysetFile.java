package dev.culvert.server.token;

import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.Set;

/** The file {@code token-keyset.json} that holds the signing keys: for its owner's eyes only. */
final class KeysetFile {
  private static final Set<PosixFilePermission> OWNER =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Path path;

  KeysetFile(Path stateDirectory) {
    this.path = stateDirectory.resolve("token-keyset.json");
  }

  Path path() {
    return path;
  }

  /** Surely absent; a file that may not be looked at is not missing. */
  boolean isMissing() {
    return Files.notExists(path);
  }

  TokenKeys read() throws TokenStoreException {
    String json;
    try {
      refuseIfOpenToOthers();
      json = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new TokenStoreException(
          path + ": cannot be read: " + FileFailure.reason(e), "Check the file and its owner", e);
    }
    try {
      return TokenKeys.decode(json);
    } catch (GeneralSecurityException | RuntimeException e) {
      // No cause: a parser may quote the key it stumbled over.
      throw new TokenStoreException(
          path + ": not a keyset",
          "Restore it from a backup; or move it and the registry away and create new tokens, for"
              + " then all tokens so far are refused");
    }
  }

  /** Makes new keys and writes them. The caller holds {@link StateLock}. */
  TokenKeys create() throws TokenStoreException {
    try {
      TokenKeys keys = TokenKeys.generate();
      PrivateFile.write(path, keys.encode().getBytes(StandardCharsets.UTF_8));
      return keys;
    } catch (IOException e) {
      throw new TokenStoreException(
          path + ": cannot be written: " + FileFailure.reason(e),
          "Check the space on the disk and the directory's owner",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("ES256 keys cannot be made on this Java runtime", e);
    }
  }

  private void refuseIfOpenToOthers() throws IOException, TokenStoreException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view != null && !OWNER.containsAll(view.readAttributes().permissions())) {
      throw new TokenStoreException(
          path + ": other users may touch the signing keys",
          "Run 'chmod 600 " + path + "', and if they may have read it, issue new keys and tokens");
    }
  }
}
