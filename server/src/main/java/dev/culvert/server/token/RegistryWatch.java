package dev.culvert.server.token;

import dev.culvert.server.route.Permissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registry as a running server sees it: a snapshot that follows the file. Any thread. */
final class RegistryWatch {
  /*
   * Invariants:
   * - snapshot is the last good content of the file; a bad or vanished file never replaces it.
   * - seen was taken before snapshot was read, so a write between the two is noticed next time.
   * - known holds the tokens that were good at the last look, as they were; one that leaves it, or
   *   is another, is told of once.
   * - Listeners run without the lock, so that they may call back.
   */
  private static final Logger log = LoggerFactory.getLogger(RegistryWatch.class);

  private final RegistryFile file;
  private final InstantSource clock;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Known> known = new HashMap<>();
  private volatile Registry snapshot;
  private @Nullable FileStamp seen;
  private boolean failing;

  /** What of a token matters to those who use it. */
  private record Known(Permissions permissions, int oldestGeneration) {
    static Known of(TokenRecord record, Instant now) {
      return new Known(record.permissions(), record.oldestGeneration(now));
    }
  }

  RegistryWatch(RegistryFile file, InstantSource clock) throws TokenStoreException {
    this.file = file;
    this.clock = clock;
    this.seen = file.stamp();
    this.snapshot = file.read();
    addUsable(snapshot, clock.instant());
  }

  Registry snapshot() {
    return snapshot;
  }

  void onChanged(Consumer<String> listener) {
    listeners.add(listener);
  }

  void reloadIfChanged() {
    for (String tokenId : reload()) {
      for (Consumer<String> listener : listeners) {
        try {
          listener.accept(tokenId);
        } catch (RuntimeException e) {
          log.error("Token {} has changed, but not everything that uses it was told", tokenId, e);
        }
      }
    }
  }

  private synchronized List<String> reload() {
    Instant now = clock.instant();
    addUsable(snapshot, now); // a clock that was set back makes expired tokens good again
    try {
      FileStamp stamp = file.stamp();
      if (!Objects.equals(stamp, seen)) {
        if (stamp == null) {
          throw new TokenStoreException(
              file.path() + ": is gone", "Restore it from a backup, or restart the server");
        }
        snapshot = file.read();
        seen = stamp;
        addUsable(snapshot, now);
      }
      if (failing) {
        failing = false;
        log.info("{} is good again", file.path());
      }
    } catch (TokenStoreException e) {
      if (!failing) {
        failing = true;
        log.error("Tokens stay as they were, and revoking has no effect: {}", e.getMessage());
      }
    }
    return changes(now);
  }

  private void addUsable(Registry registry, Instant now) {
    for (TokenRecord record : registry.records()) {
      if (record.isUsable(now)) {
        known.putIfAbsent(record.id(), Known.of(record, now));
      }
    }
  }

  private List<String> changes(Instant now) {
    List<String> changed = new ArrayList<>();
    for (Iterator<Map.Entry<String, Known>> tokens = known.entrySet().iterator();
        tokens.hasNext(); ) {
      Map.Entry<String, Known> token = tokens.next();
      TokenRecord record = snapshot.byId(token.getKey());
      if (record == null || !record.isUsable(now)) {
        tokens.remove();
        changed.add(token.getKey());
      } else if (!Known.of(record, now).equals(token.getValue())) {
        token.setValue(Known.of(record, now));
        changed.add(token.getKey());
      }
    }
    return changed;
  }
}
