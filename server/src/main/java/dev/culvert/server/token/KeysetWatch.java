package dev.culvert.server.token;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing keys as a running server sees them: they follow the file. Any thread.
 *
 * <p>A file that cannot be used is read again once it is another, and else every ten seconds: a
 * passphrase costs much computing, and whoever shows a bad token has the keys looked at.
 */
final class KeysetWatch {
  private static final Duration RETRY = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(KeysetWatch.class);

  private final KeysetFile file;
  private final InstantSource clock;
  private volatile TokenKeys keys;
  private @Nullable FileStamp seen; // guarded by this
  private boolean failing; // guarded by this
  private @Nullable FileStamp failed; // guarded by this
  private Instant retryAt = Instant.MIN; // guarded by this

  KeysetWatch(KeysetFile file, InstantSource clock) throws TokenStoreException {
    this.file = file;
    this.clock = clock;
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
      if (stamp.equals(failed) && clock.instant().isBefore(retryAt)) {
        return false;
      }
      failed = stamp;
      retryAt = clock.instant().plus(RETRY);
      keys = file.read();
      seen = stamp;
      failed = null;
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
