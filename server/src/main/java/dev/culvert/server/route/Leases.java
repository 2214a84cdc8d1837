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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which names and ports belong to which clients: while in use, and for a hold after that.
 *
 * <p>Kept in a file, so that a client finds its name again after the server was restarted. At most
 * {@value #MAX_HELD} are held; beyond that the ones held longest are forgotten first. One in use is
 * never forgotten. Not thread safe: {@link RouteTable} guards it.
 */
final class Leases {
  /*
   * Invariants:
   * - An address is in at most one of inUse and held.
   * - Held leases are in the order in which their holds end, as all holds are equally long.
   */
  static final int MAX_HELD = 100_000;
  private static final Gson GSON = new Gson();

  /** One lease as it stands in the file; times as text for people. */
  private record Line(String address, String holder, String key, String heldUntil) {
    /** As held, until its time or at most until {@code latest}. */
    Lease toLease(Instant latest) {
      Instant until = Instant.parse(heldUntil);
      return new Lease(address, holder, key, until.isAfter(latest) ? latest : until);
    }
  }

  private final Path file;
  private final Duration hold;
  private final InstantSource clock;
  private final LinkedHashMap<String, Lease> inUse = new LinkedHashMap<>();
  private final LinkedHashMap<String, Lease> held = new LinkedHashMap<>();
  private boolean isChanged;

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

  private void restore(List<Line> lines) {
    Instant latest = clock.instant().plus(hold);
    lines.stream()
        .map(line -> line.toLease(latest))
        .sorted(Comparator.comparing(Lease::heldUntil))
        .forEach(this::hold);
    forgetTheOld();
  }

  /** The lease of the address, if it is some client's. */
  @Nullable Lease find(String address) {
    forgetTheOld();
    Lease lease = inUse.get(address);
    return lease == null ? held.get(address) : lease;
  }

  /**
   * What is held for the same client's same tunnel, of the addresses that pass {@code kind}: of
   * several the one held longest, so that a client gets them back in order.
   */
  @Nullable Lease findHeld(String holder, String key, Predicate<String> kind) {
    forgetTheOld();
    return held.values().stream()
        .filter(lease -> lease.holder().equals(holder) && lease.key().equals(key))
        .filter(lease -> kind.test(lease.address()))
        .findFirst()
        .orElse(null);
  }

  /** Marks the address as in use. */
  void use(String address, String holder, String key) {
    held.remove(address);
    inUse.put(address, new Lease(address, holder, key, Lease.IN_USE));
    isChanged = true;
  }

  /** The address is no longer in use, and held from now on. */
  void release(String address) {
    Lease lease = inUse.remove(address);
    if (lease != null) {
      hold(new Lease(address, lease.holder(), lease.key(), clock.instant().plus(hold)));
      forgetTheOld();
      isChanged = true;
    }
  }

  private void hold(Lease lease) {
    held.remove(lease.address());
    held.put(lease.address(), lease);
  }

  /** Forgets what was held long enough, and what is too much. */
  private void forgetTheOld() {
    Instant now = clock.instant();
    Map.Entry<String, Lease> first;
    while ((first = held.firstEntry()) != null
        && (held.size() > MAX_HELD || !first.getValue().heldUntil().isAfter(now))) {
      held.pollFirstEntry();
    }
  }

  /** Writes the file where something changed since the last time. */
  void save() {
    if (!isChanged) {
      return;
    }
    List<Line> lines =
        Stream.concat(inUse.values().stream(), held.values().stream())
            .map(l -> new Line(l.address(), l.holder(), l.key(), l.heldUntil().toString()))
            .toList();
    try {
      PrivateFile.write(file, GSON.toJson(lines).getBytes(StandardCharsets.UTF_8));
      isChanged = false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
