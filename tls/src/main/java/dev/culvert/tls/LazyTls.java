package dev.culvert.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one stored certificate for one purpose, made when it is first asked for. Any thread; a
 * caller waits for another that is just making it, tens of microseconds.
 */
final class LazyTls {
  /*
   * Invariant: what is made is in the set of those in use, until it is taken.
   */

  private final KeyAndChain content;
  private final ReloadedTls.Factory factory;
  private final Set<LazyTls> inUse;
  private volatile @Nullable ServerTls tls;
  private volatile long usedAt;
  private volatile boolean isObsolete;

  LazyTls(KeyAndChain content, ReloadedTls.Factory factory, Set<LazyTls> inUse) {
    this.content = content;
    this.factory = factory;
    this.inUse = inUse;
  }

  /** {@code now} counts sweeps. */
  ServerTls get(long now) {
    usedAt = now;
    ServerTls made = tls;
    return made == null ? make() : made;
  }

  private synchronized ServerTls make() {
    ServerTls made = tls;
    if (made == null) {
      try {
        made = factory.make(content);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      tls = made;
      inUse.add(this);
    }
    return made;
  }

  /** Gives up what was made, for the caller to close; it is made again when asked for. */
  synchronized @Nullable ServerTls take() {
    ServerTls made = tls;
    inUse.remove(this);
    tls = null;
    return made;
  }

  long usedAt() {
    return usedAt;
  }

  /** Its certificate has left the store. Whoever found it a moment before may still ask for it. */
  void makeObsolete() {
    isObsolete = true;
  }

  boolean isObsolete() {
    return isObsolete;
  }
}
