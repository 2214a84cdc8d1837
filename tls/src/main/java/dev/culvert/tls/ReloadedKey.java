package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * A key and chain that may be replaced while they are in use. Any thread; the files are read by
 * {@link #reloadIfChanged} alone.
 */
public final class ReloadedKey {
  /*
   * Invariants:
   * - content is the last that was good; what is bad never takes its place.
   * - seen was taken before the content was read, so that a write in between is noticed next time.
   */

  /** The content may also change by the clock, and a coarse file system hide a change. */
  private static final Duration LONGEST_UNREAD = Duration.ofMinutes(1);

  private final List<Path> files;
  private final Source source;
  private final InstantSource clock;
  private List<FileStamp> seen;
  private Instant readAt;
  private volatile KeyAndChain content;

  /** Reads the key and chain that shall be presented now. */
  @FunctionalInterface
  public interface Source {
    KeyAndChain read() throws IOException;
  }

  private ReloadedKey(List<Path> files, Source source, InstantSource clock) throws IOException {
    this.files = List.copyOf(files);
    this.source = source;
    this.clock = clock;
    this.seen = FileStamp.of(files);
    this.readAt = clock.instant();
    this.content = source.read();
  }

  /** Reads for the first time; {@code files} are those whose change makes it read again. */
  public static ReloadedKey open(List<Path> files, Source source, InstantSource clock)
      throws IOException {
    return new ReloadedKey(files, source, clock);
  }

  /** What was read last. */
  public KeyAndChain content() {
    return content;
  }

  /**
   * Reads files that have changed, symbolic links too, and tells whether the content is another
   * now. Where they cannot be read, or do not belong together, an {@link IOException} says so and
   * everything stays as it was; the next call tries again.
   */
  public synchronized boolean reloadIfChanged() throws IOException {
    List<FileStamp> stamps = FileStamp.of(files);
    Instant now = clock.instant();
    if (stamps.equals(seen) && now.isBefore(readAt.plus(LONGEST_UNREAD))) {
      return false;
    }
    KeyAndChain next = source.read();
    seen = stamps;
    readAt = now;
    if (next.equals(content)) {
      return false;
    }
    content = next;
    return true;
  }
}
