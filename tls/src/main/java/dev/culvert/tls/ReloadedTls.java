package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a listener whose key and certificates may be replaced while it serves. Any thread; the
 * files are read by {@link #reloadIfChanged} alone.
 */
public final class ReloadedTls implements AutoCloseable {
  /*
   * Invariants:
   * - current is made of the last good content; what is bad never takes its place.
   * - seen was taken before the content was read, so that a write in between is noticed next time.
   * - A context that was replaced lives until the next look at the files: whoever has just asked for
   *   it can still use it.
   */

  /** What is presented may also change by the clock, and a coarse file system hide a change. */
  private static final Duration LONGEST_UNREAD = Duration.ofMinutes(1);

  private final List<Path> files;
  private final Source source;
  private final Factory factory;
  private final InstantSource clock;
  private List<Stamp> seen;
  private Instant readAt;
  private @Nullable ServerTls replaced;
  private boolean isClosed;
  private volatile InUse current;

  /** Reads the key and chain that shall be presented now. */
  @FunctionalInterface
  public interface Source {
    KeyAndChain read() throws IOException;
  }

  /** Makes the TLS that presents them. */
  @FunctionalInterface
  public interface Factory {
    ServerTls make(KeyAndChain content) throws IOException;
  }

  private record InUse(KeyAndChain content, ServerTls tls) {}

  private record Stamp(FileTime lastModified, long sizeBytes, @Nullable Object fileKey) {}

  private ReloadedTls(List<Path> files, Source source, Factory factory, InstantSource clock)
      throws IOException {
    this.files = List.copyOf(files);
    this.source = source;
    this.factory = factory;
    this.clock = clock;
    this.seen = stamps();
    this.readAt = clock.instant();
    KeyAndChain content = source.read();
    this.current = new InUse(content, factory.make(content));
  }

  /** Reads for the first time; {@code files} are those whose change makes it read again. */
  public static ReloadedTls open(
      List<Path> files, Source source, Factory factory, InstantSource clock) throws IOException {
    return new ReloadedTls(files, source, factory, clock);
  }

  /** To be used at once: it is closed some time after its successor is there. */
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
    List<Stamp> stamps = stamps();
    Instant now = clock.instant();
    if (stamps.equals(seen) && now.isBefore(readAt.plus(LONGEST_UNREAD))) {
      return;
    }
    KeyAndChain next = source.read();
    if (!next.equals(current.content)) {
      InUse made = new InUse(next, factory.make(next));
      replaced = current.tls;
      current = made;
    }
    seen = stamps;
    readAt = now;
  }

  private List<Stamp> stamps() {
    List<Stamp> stamps = new ArrayList<>(files.size());
    for (Path file : files) {
      BasicFileAttributes attributes;
      try {
        attributes = Files.readAttributes(file, BasicFileAttributes.class);
      } catch (IOException e) {
        continue; // whoever reads it says what is wrong
      }
      stamps.add(new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
    }
    return stamps;
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
