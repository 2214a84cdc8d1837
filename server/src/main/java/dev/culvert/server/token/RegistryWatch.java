package dev.culvert.server.token;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
   * - usable holds the tokens found good at the last look; one that leaves it is told of once.
   * - Listeners run without the lock, so that they may call back.
   */
  private static final Logger log = LoggerFactory.getLogger(RegistryWatch.class);

  private final RegistryFile file;
  private final InstantSource clock;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Set<String> usable = new HashSet<>();
  private volatile Registry snapshot;
  private RegistryFile.@Nullable Stamp seen;
  private boolean failing;

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

  void onRevoked(Consumer<String> listener) {
    listeners.add(listener);
  }

  void reloadIfChanged() {
    for (String tokenId : reload()) {
      for (Consumer<String> listener : listeners) {
        try {
          listener.accept(tokenId);
        } catch (RuntimeException e) {
          log.error("Token {} is void, but not everything that uses it was told", tokenId, e);
        }
      }
    }
  }

  private synchronized List<String> reload() {
    Instant now = clock.instant();
    try {
      RegistryFile.Stamp stamp = file.stamp();
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
    return removeUnusable(now);
  }

  private void addUsable(Registry registry, Instant now) {
    for (TokenRecord record : registry.records()) {
      if (record.isUsable(now)) {
        usable.add(record.id());
      }
    }
  }

  private List<String> removeUnusable(Instant now) {
    List<String> removed = new ArrayList<>();
    for (Iterator<String> ids = usable.iterator(); ids.hasNext(); ) {
      String id = ids.next();
      TokenRecord record = snapshot.byId(id);
      if (record == null || !record.isUsable(now)) {
        ids.remove();
        removed.add(id);
      }
    }
    return removed;
  }
}
