package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a key and chain that may be replaced while it serves. Any thread; the files are read
 * by {@link #reloadIfChanged} alone.
 */
public final class ReloadedTls implements AutoCloseable {
  /*
   * Invariants:
   * - current is made of the last good content; what is bad never takes its place.
   * - A context that was replaced lives until the next look at the files: whoever has just asked for
   *   it can still use it.
   */

  private final ReloadedKey key;
  private final Factory factory;
  private @Nullable ServerTls replaced;
  private boolean isClosed;
  private volatile InUse current;

  /** Makes the TLS that presents a key and chain. */
  @FunctionalInterface
  public interface Factory {
    ServerTls make(KeyAndChain content) throws IOException;
  }

  private record InUse(KeyAndChain content, ServerTls tls) {}

  private ReloadedTls(ReloadedKey key, Factory factory) throws IOException {
    this.key = key;
    this.factory = factory;
    this.current = inUse(key.content());
  }

  /** Reads for the first time; {@code files} are those whose change makes it read again. */
  public static ReloadedTls open(
      List<Path> files, ReloadedKey.Source source, Factory factory, InstantSource clock)
      throws IOException {
    return new ReloadedTls(ReloadedKey.open(files, source, clock), factory);
  }

  private InUse inUse(KeyAndChain content) throws IOException {
    return new InUse(content, factory.make(content));
  }

  /**
   * For a connection accepted now; a replaced one is closed a little after its successor is there.
   */
  public ServerTls current() {
    return current.tls;
  }

  /** What is presented now. */
  public KeyAndChain content() {
    return current.content;
  }

  /**
   * Adopts files that have changed, symbolic links too. Where they cannot be read, or do not belong
   * together, an {@link IOException} says so and everything stays as it was; the next call tries
   * again.
   */
  public synchronized void reloadIfChanged() throws IOException {
    if (isClosed) {
      return;
    }
    closeReplaced();
    var _ = key.reloadIfChanged(); // compared below: the last context may have failed
    KeyAndChain content = key.content();
    if (!content.equals(current.content)) {
      ServerTls former = current.tls;
      current = inUse(content);
      replaced = former;
    }
  }

  private void closeReplaced() {
    if (replaced != null) {
      replaced.close();
      replaced = null;
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    closeReplaced();
    current.tls.close();
  }
}
