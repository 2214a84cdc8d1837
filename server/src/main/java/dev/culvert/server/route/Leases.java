package dev.culvert.server.route;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which names and ports belong to which clients: while in use, and for a hold after that.
 *
 * <p>Kept in a file, so that a client finds its name again after the server was restarted. At most
 * {@value #MAX_HELD} are held, and {@value #MAX_HELD_BY_ONE} for the clients of one token; beyond
 * that the ones held longest are forgotten first, so that nobody pushes out what is held for
 * others. One in use is never forgotten. Any thread; {@link RouteTable} guards what takes several
 * steps.
 */
final class Leases {
  /*
   * Invariants:
   * - An address is in at most one of inUse and held.
   * - Held leases are in the order in which their holds end, as all holds are equally long.
   * - heldByToken has what held has, in the same order, and no empty map.
   * - names counts the leases of each name, held and in use; all of them are of one token.
   */
  static final int MAX_HELD = 100_000;
  static final int MAX_HELD_BY_ONE = 1000;
  private static final String PORT_PREFIX = "tcp/";
  private static final Gson GSON = new Gson();

  /** One lease as it stands in the file; times as text for people. */
  private record Line(
      String address,
      String holder,
      String key,
      boolean isShared,
      boolean isProven,
      String heldUntil) {
    /** As held, until its time or at most until {@code latest}. */
    Lease toLease(Instant latest) {
      Instant until = Instant.parse(heldUntil);
      return new Lease(
          address, holder, key, isShared, isProven, until.isAfter(latest) ? latest : until);
    }
  }

  private final Path file;
  private final Duration hold;
  private final InstantSource clock;
  private final Object writing = new Object(); // held while the file is written, before this
  private final LinkedHashMap<String, Lease> inUse = new LinkedHashMap<>(); // guarded by this
  private final LinkedHashMap<String, Lease> held = new LinkedHashMap<>(); // guarded by this
  private final Map<String, LinkedHashMap<String, Lease>> heldByToken = new HashMap<>(); // by this
  private final ConcurrentMap<String, Owned> names = new ConcurrentHashMap<>(); // changed by this
  private boolean isChanged; // guarded by this

  /** Whose a name is, and how many leases it has: one for each path. */
  private record Owned(String token, int leases) {}

  private Leases(Path file, Duration hold, InstantSource clock) {
    this.file = file;
    this.hold = hold;
    this.clock = clock;
  }

  /**
   * Reads the leases in {@code file}, which need not exist; those in use become held.
   *
   * @throws IOException with the remedy, where the file is unreadable or damaged
   */
  static Leases open(Path file, Duration hold, InstantSource clock) throws IOException {
    Leases leases = new Leases(file, hold, clock);
    if (Files.exists(file)) {
      try {
        List<Line> lines =
            GSON.fromJson(Files.readString(file), new TypeToken<List<Line>>() {}.getType());
        leases.restore(lines == null ? List.of() : lines);
      } catch (JsonParseException
          | DateTimeException
          | NullPointerException
          | CharacterCodingException e) {
        throw new IOException(file + " is damaged: move it away to start with no names on hold", e);
      }
    }
    return leases;
  }

  private synchronized void restore(List<Line> lines) {
    Instant latest = clock.instant().plus(hold);
    lines.stream()
        .map(line -> line.toLease(latest))
        .sorted(Comparator.comparing(Lease::heldUntil))
        .forEach(this::hold);
    forgetTheOld();
  }

  // Addresses: NAME, NAME/PATH or tcp/PORT; tcp is nobody's name.

  static String portAddress(int port) {
    return PORT_PREFIX + port;
  }

  static boolean isPort(String address) {
    return address.startsWith(PORT_PREFIX);
  }

  static int portOf(String address) {
    return Integer.parseInt(address.substring(PORT_PREFIX.length()));
  }

  /** The name in an address that is no port. */
  static String name(String address) {
    int slash = address.indexOf('/');
    return slash < 0 || isPort(address) ? address : address.substring(0, slash);
  }

  /** The lease of the address, if it is some client's. */
  synchronized @Nullable Lease find(String address) {
    forgetTheOld();
    Lease lease = inUse.get(address);
    return lease == null ? held.get(address) : lease;
  }

  /**
   * What is held for the same client's same tunnel, of the addresses that pass {@code kind}: of
   * several the one held longest, so that a client gets them back in order.
   */
  synchronized @Nullable Lease findHeld(String holder, String key, Predicate<String> kind) {
    forgetTheOld();
    LinkedHashMap<String, Lease> ofToken = heldByToken.get(Lease.token(holder));
    if (ofToken == null) {
      return null;
    }
    return ofToken.values().stream()
        .filter(lease -> lease.holder().equals(holder) && lease.key().equals(key))
        .filter(lease -> kind.test(lease.address()))
        .findFirst()
        .orElse(null);
  }

  /** Marks the address as in use. */
  synchronized void use(
      String address, String holder, String key, boolean isShared, boolean isProven) {
    forget(address);
    Lease lease = new Lease(address, holder, key, isShared, isProven, Lease.IN_USE);
    if (inUse.put(address, lease) == null) {
      count(lease, 1);
    }
    isChanged = true;
  }

  /** The address is no longer in use, and held from now on. */
  synchronized void release(String address) {
    Lease lease = inUse.remove(address);
    if (lease != null) {
      count(lease, -1);
      Instant until = clock.instant().plus(hold);
      hold(
          new Lease(
              address, lease.holder(), lease.key(), lease.isShared(), lease.isProven(), until));
      forgetTheOld();
      isChanged = true;
    }
  }

  private void hold(Lease lease) {
    forget(lease.address());
    held.put(lease.address(), lease);
    count(lease, 1);
    LinkedHashMap<String, Lease> ofToken =
        heldByToken.computeIfAbsent(lease.token(), _ -> new LinkedHashMap<>());
    ofToken.put(lease.address(), lease);
    if (ofToken.size() > MAX_HELD_BY_ONE) {
      forget(ofToken.firstEntry().getKey());
    }
  }

  private void forget(String address) {
    Lease lease = held.remove(address);
    if (lease != null) {
      count(lease, -1);
      heldByToken.computeIfPresent(
          lease.token(),
          (_, ofToken) -> {
            ofToken.remove(address);
            return ofToken.isEmpty() ? null : ofToken;
          });
    }
  }

  private void count(Lease lease, int more) {
    names.compute(
        name(lease.address()),
        (_, owned) -> {
          int leases = (owned == null ? 0 : owned.leases()) + more;
          return leases == 0
              ? null
              : new Owned(owned == null ? lease.token() : owned.token(), leases);
        });
  }

  /** The token whose clients a name belongs to; null where it is nobody's. Takes no lock. */
  @Nullable String ownerOf(String name) {
    Owned owned = names.get(name);
    return owned == null ? null : owned.token();
  }

  /** Forgets what was held long enough, and what is too much. */
  synchronized void forgetTheOld() {
    Instant now = clock.instant();
    Map.Entry<String, Lease> first;
    while ((first = held.firstEntry()) != null
        && (held.size() > MAX_HELD || !first.getValue().heldUntil().isAfter(now))) {
      forget(first.getKey());
    }
  }

  /** Writes the file where something changed since the last time; others need not wait for that. */
  void save() {
    forgetTheOld();
    synchronized (writing) {
      List<Lease> leases = takeChanged();
      if (leases == null) {
        return;
      }
      List<Line> lines =
          leases.stream()
              .map(lease ->
                  new Line(
                      lease.address(),
                      lease.holder(),
                      lease.key(),
                      lease.isShared(),
                      lease.isProven(),
                      lease.heldUntil().toString()))
              .toList();
      try {
        PrivateFile.write(file, GSON.toJson(lines).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        markChanged();
        throw new UncheckedIOException("cannot write " + file, e);
      }
    }
  }

  /** All leases as they are now; null where the file says the same. */
  private synchronized @Nullable List<Lease> takeChanged() {
    if (!isChanged) {
      return null;
    }
    isChanged = false;
    return Stream.concat(inUse.values().stream(), held.values().stream()).toList();
  }

  private synchronized void markChanged() {
    isChanged = true;
  }
}
