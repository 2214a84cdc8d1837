package dev.culvert.tls;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A directory of certificates that others change while they are served: what is in it is in the
 * store. Any thread; the files are read by {@link #look} alone.
 *
 * <p>A pair of files that cannot be used leaves what it held before in use, and holds up no other.
 * That is told once for each change of the files, at the second look that finds it so: whoever
 * copies files needs a moment. What has gone from the directory for two rounds is presented no
 * longer.
 *
 * <p>Looking takes turns: {@value #PAIRS_AT_A_LOOK} pairs at a look, so that a large directory
 * takes no more time of each than a small one.
 */
public final class CertificateDirectory {
  /*
   * Invariants:
   * - A pair is in known from its first look until it is removed; what the store has of it is the
   *   last that was good.
   * - A stamp was taken before its files were read, so that a write in between is noticed.
   */

  static final int PAIRS_AT_A_LOOK = 100;
  static final int WARNED_DAYS = 7;

  private static final int MAX_PAIRS = 50_000;

  /** A right to read that was missing leaves no other mark on a file. */
  private static final Duration NEW_ATTEMPT = Duration.ofMinutes(1);

  private final Path directory;
  private final CertificateStore store;
  private final Consumer<String> problems;
  private final Consumer<String> warnings;
  private final InstantSource clock;
  private final Map<String, Known> known = new HashMap<>();
  private final Queue<PemPair> ahead = new ArrayDeque<>();

  /** What a look at a pair found; {@code problem} is null where it is in use as it is. */
  private static final class Known {
    private @Nullable List<FileStamp> seen;
    private Instant readAt = Instant.MIN;
    private @Nullable String problem;
    private boolean isProblemTold;
    private boolean isGone;
  }

  private CertificateDirectory(
      Path directory,
      CertificateStore store,
      Consumer<String> problems,
      Consumer<String> warnings,
      InstantSource clock) {
    this.directory = directory;
    this.store = store;
    this.problems = problems;
    this.warnings = warnings;
    this.clock = clock;
  }

  /**
   * Reads all of it into {@code store}; {@code problems} is told, with the remedy, what cannot be
   * used, and {@code warnings}, once for each time that it is read, of what is in use and has
   * expired or does so within {@value #WARNED_DAYS} days. A directory that cannot be listed is an
   * {@link IOException} with the remedy.
   */
  public static CertificateDirectory open(
      Path directory,
      CertificateStore store,
      Consumer<String> problems,
      Consumer<String> warnings,
      InstantSource clock)
      throws IOException {
    CertificateDirectory opened =
        new CertificateDirectory(directory, store, problems, warnings, clock);
    opened.beginRound();
    while (!opened.ahead.isEmpty()) {
      opened.tell(opened.look(opened.ahead.remove()));
    }
    return opened;
  }

  /**
   * Looks at the pairs whose turn it is. Where the directory cannot be listed an {@link
   * IOException} says so, and all stays as it was.
   */
  public synchronized void look() throws IOException {
    if (ahead.isEmpty()) {
      beginRound();
    }
    for (int i = 0; i < PAIRS_AT_A_LOOK && !ahead.isEmpty(); i++) {
      var _ = look(ahead.remove());
    }
  }

  private void beginRound() throws IOException {
    List<PemPair> listed = list();
    Set<String> present = listed.stream().map(PemPair::name).collect(Collectors.toSet());
    for (Iterator<Map.Entry<String, Known>> i = known.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<String, Known> entry = i.next();
      boolean isGone = !present.contains(entry.getKey());
      if (isGone && entry.getValue().isGone) {
        store.remove(origin(entry.getKey()));
        i.remove();
      }
      entry.getValue().isGone = isGone;
    }
    ahead.addAll(listed);
  }

  private List<PemPair> list() throws IOException {
    List<PemPair> listed;
    try {
      listed = PemPair.in(directory);
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new IOException(directory + ": there is no such directory", e);
    } catch (AccessDeniedException e) {
      throw new IOException(directory + ": may not be read by the user that runs this program", e);
    }
    if (listed.size() > MAX_PAIRS) {
      throw new IOException(directory + ": holds more than " + MAX_PAIRS + " certificates");
    }
    return listed;
  }

  private Known look(PemPair pair) {
    Known found = known.computeIfAbsent(pair.name(), _ -> new Known());
    List<FileStamp> stamps = FileStamp.of(pair.files());
    Instant now = clock.instant();
    boolean isChanged = !stamps.equals(found.seen);
    boolean isSettled =
        found.problem == null
            || (found.isProblemTold && now.isBefore(found.readAt.plus(NEW_ATTEMPT)));
    if (!isChanged && isSettled) {
      return found;
    }
    found.seen = stamps;
    found.readAt = now;
    found.problem = read(pair);
    if (isChanged) {
      found.isProblemTold = false;
    } else {
      tell(found);
    }
    return found;
  }

  /** Null if all is well. */
  private @Nullable String read(PemPair pair) {
    KeyAndChain content;
    try {
      content = KeyAndChain.read(pair.chain(), pair.key());
    } catch (IOException e) {
      return e.getMessage();
    }
    if (content.names().isEmpty()) {
      return pair.chain() + ": holds a certificate that names no host";
    }
    store.put(origin(pair.name()), content);
    warnOfTheEnd(pair, content.expiresAt());
    return null;
  }

  private void warnOfTheEnd(PemPair pair, Instant end) {
    Instant now = clock.instant();
    if (!now.isBefore(end)) {
      warnings.accept(pair.chain() + ": holds a certificate that expired on " + end);
    } else if (!now.isBefore(end.minus(Duration.ofDays(WARNED_DAYS)))) {
      warnings.accept(pair.chain() + ": holds a certificate that expires on " + end);
    }
  }

  private void tell(Known pair) {
    if (pair.problem != null && !pair.isProblemTold) {
      pair.isProblemTold = true;
      problems.accept(pair.problem);
    }
  }

  private String origin(String name) {
    return directory + "/" + name;
  }
}
