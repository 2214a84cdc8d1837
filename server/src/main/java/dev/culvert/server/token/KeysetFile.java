package dev.culvert.server.token;

import dev.culvert.mux.control.Secret;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file {@code token-keyset.json} that holds the signing keys: for its owner's eyes only. */
final class KeysetFile {
  private static final Set<PosixFilePermission> OWNER =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final long MAX_KEY_FILE_BYTES = 4096;

  private final Path path;
  private final KeysetProtection protection;

  KeysetFile(Path stateDirectory, KeysetProtection protection) {
    this.path = stateDirectory.resolve(TokenStore.KEYSET_FILE);
    this.protection = protection;
  }

  Path path() {
    return path;
  }

  /** Surely absent; a file that may not be looked at is not missing. */
  boolean isMissing() {
    return Files.notExists(path);
  }

  @Nullable FileStamp stamp() throws TokenStoreException {
    return FileStamp.of(path);
  }

  TokenKeys read() throws TokenStoreException {
    String text = text();
    String foundProtection;
    try {
      foundProtection = KeysetFormat.protection(text);
      if (foundProtection.isEmpty()) {
        return TokenKeys.decode(text);
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      throw broken();
    }
    KeysetFormat.Material material = material(foundProtection);
    try {
      return KeysetFormat.decrypt(text, material);
    } catch (GeneralSecurityException e) {
      // No cause: it says nothing more, and a parser may quote the key it stumbled over.
      throw new TokenStoreException(
          path + ": it was encrypted with another " + words(foundProtection),
          "Give the right one; nothing was changed");
    } catch (RuntimeException e) {
      throw broken();
    }
  }

  /** Whether the file is protected as this says; one that is not can be read all the same. */
  boolean isProtected() throws TokenStoreException {
    try {
      return !KeysetFormat.protection(text()).isEmpty();
    } catch (RuntimeException e) {
      throw broken();
    }
  }

  private String text() throws TokenStoreException {
    try {
      refuseIfOpenToOthers(path, "the signing keys");
      return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new TokenStoreException(
          path + ": cannot be read: " + FileFailure.reason(e), "Check the file and its owner", e);
    }
  }

  private TokenStoreException broken() {
    return new TokenStoreException(
        path + ": not a keyset",
        "Restore it from a backup; or move it and the registry away and create new tokens, for"
            + " then all tokens so far are refused");
  }

  /** Makes new keys and writes them. The caller holds {@link StateLock}. */
  TokenKeys create() throws TokenStoreException {
    try {
      TokenKeys keys = TokenKeys.generate();
      write(keys);
      return keys;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("ES256 keys cannot be made on this Java runtime", e);
    }
  }

  /** Writes the keys under this file's protection. The caller holds {@link StateLock}. */
  void write(TokenKeys keys) throws TokenStoreException {
    try {
      String text =
          protection instanceof KeysetProtection.None
              ? keys.encode()
              : KeysetFormat.encrypt(keys, materialForWriting());
      PrivateFile.write(path, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new TokenStoreException(
          path + ": cannot be written, nothing was changed: " + FileFailure.reason(e),
          "Check the space on the disk and the directory's owner",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot write a keyset", e);
    }
  }

  private KeysetFormat.Material materialForWriting() throws TokenStoreException {
    if (protection instanceof KeysetProtection.KeyFile(Path file) && Files.notExists(file)) {
      byte[] key = new byte[KeysetFormat.KEY_BYTES];
      new SecureRandom().nextBytes(key);
      try {
        String line = Base64.getEncoder().encodeToString(key) + "\n";
        PrivateFile.writeIfMissing(file, line.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new TokenStoreException(
            file + ": the key file cannot be made: " + FileFailure.reason(e),
            "Choose a place that may be written, apart from the state directory",
            e);
      }
    }
    return material("");
  }

  /** The secret that was given; {@code wanted} is what the file needs, or empty. */
  private KeysetFormat.Material material(String wanted) throws TokenStoreException {
    KeysetFormat.Material given =
        switch (protection) {
          case KeysetProtection.None _ -> null;
          case KeysetProtection.Passphrase(var text) ->
              new KeysetFormat.Material(KeysetFormat.PASSPHRASE, text);
          case KeysetProtection.KeyFile(Path file) ->
              new KeysetFormat.Material(KeysetFormat.KEY_FILE, keyFrom(file));
        };
    if (given == null || !(wanted.isEmpty() || wanted.equals(given.protection()))) {
      throw new TokenStoreException(
          path + ": it is encrypted with a " + words(wanted),
          wanted.equals(KeysetFormat.KEY_FILE)
              ? "Name the key file with --keyset-key or CULVERTD_KEYSET_KEY"
              : "Give the passphrase with --passphrase-file or CULVERTD_PASSPHRASE");
    }
    return given;
  }

  private static Secret keyFrom(Path file) throws TokenStoreException {
    try {
      refuseIfOpenToOthers(file, "the key of the signing keys");
      if (Files.size(file) <= MAX_KEY_FILE_BYTES) {
        Secret key = new Secret(Files.readString(file).strip());
        KeysetFormat.keyBytes(key); // or it is none
        return key;
      }
    } catch (IOException e) {
      throw new TokenStoreException(
          file + ": the key file cannot be read: " + FileFailure.reason(e),
          "Restore it from a backup, for nothing else opens the keyset",
          e);
    } catch (IllegalArgumentException e) {
      // told below, without what is in the file
    }
    throw new TokenStoreException(
        file + ": no key file: expected at least 32 random bytes in base64",
        "Name the file that was made with the keyset");
  }

  private static String words(String protection) {
    return protection.equals(KeysetFormat.KEY_FILE) ? "key file" : "passphrase";
  }

  private static void refuseIfOpenToOthers(Path file, String content)
      throws IOException, TokenStoreException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view != null && !OWNER.containsAll(view.readAttributes().permissions())) {
      throw new TokenStoreException(
          file + ": other users may touch " + content,
          "Run 'chmod 600 " + file + "', and if they may have read it, issue new keys and tokens");
    }
  }
}
