package dev.culvert.server.token;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signing keys as a running server sees them: they follow the file. Any thread. */
final class KeysetWatch {
  private static final Logger log = LoggerFactory.getLogger(KeysetWatch.class);

  private final KeysetFile file;
  private volatile TokenKeys keys;
  private @Nullable FileStamp seen; // guarded by this
  private boolean failing; // guarded by this

  KeysetWatch(KeysetFile file) throws TokenStoreException {
    this.file = file;
    this.seen = file.stamp();
    this.keys = file.read();
  }

  TokenKeys keys() {
    return keys;
  }

  /** Adopts the file if it has changed; a bad or vanished one never replaces good keys. */
  synchronized boolean reloadIfChanged() {
    try {
      FileStamp stamp = file.stamp();
      if (Objects.equals(stamp, seen)) {
        return false;
      }
      if (stamp == null) {
        throw new TokenStoreException(file.path() + ": is gone", "Restore it from a backup");
      }
      keys = file.read();
      seen = stamp;
      if (failing) {
        failing = false;
        log.info("{} is good again", file.path());
      }
      return true;
    } catch (TokenStoreException e) {
      if (!failing) {
        failing = true;
        log.error("The signing keys stay as they were: {}", e.getMessage());
      }
      return false;
    }
  }
}
