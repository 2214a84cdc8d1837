package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The two files in which a key and certificate of our own making are kept from one start to the
 * next. One process at a time uses a directory.
 */
record KeyFiles(Path directory, Path certificate, Path key) {

  /**
   * Reads the files, or makes them when there is neither. One without the other is an {@link
   * IOException}: a new key would quietly take the place of the one that others trust.
   */
  KeyAndChain loadOrCreate(Supplier<KeyAndChain> creation) throws IOException {
    boolean hasCertificate = Files.exists(certificate, LinkOption.NOFOLLOW_LINKS);
    boolean hasKey = Files.exists(key, LinkOption.NOFOLLOW_LINKS);
    if (hasCertificate != hasKey) {
      Path present = hasKey ? key : certificate;
      Path missing = hasKey ? certificate : key;
      throw new IOException(
          missing
              + ": is missing beside "
              + present
              + "; restore it, or remove both to start with a new key that everyone who trusted"
              + " the old one must be told of");
    }
    if (hasKey) {
      PrivateFile.requirePrivate(key);
      return KeyAndChain.read(certificate, key);
    }
    KeyAndChain created = creation.get();
    PrivateFile.createDirectory(directory);
    created.write(certificate, key);
    return created;
  }
}
