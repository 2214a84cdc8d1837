package dev.culvert.server.route;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import dev.culvert.tls.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which names and ports belong to which clients: while in use, and for a hold after that.
 *
 * <p>Kept in a file, so that a client finds its name again after the server was restarted. At most
 * {@value #MAX_LEASES} are kept; beyond that the ones held longest are forgotten first. Not thread
 * safe: {@link RouteTable} guards it.
 */
final class Leases {
  private static final int MAX_LEASES = 100_000;
  private static final Gson GSON = new Gson();

  /** One lease as it stands in the file; times as text for people. */
  private record Line(String address, String holder, String key, String heldUntil) {}

  private final Path file;
  private final Duration hold;
  private final InstantSource clock;
  private final Cache<String, Lease> byAddress;
  private boolean isChanged;

  private Leases(Path file, Duration hold, InstantSource clock) {
    this.file = file;
    this.hold = hold;
    this.clock = clock;
    this.byAddress =
        Caffeine.newBuilder()
            .maximumSize(MAX_LEASES)
            .ticker(() -> clock.millis() * 1_000_000)
            .executor(Runnable::run)
            .expireAfter(
                Expiry.<String, Lease>writing(
                    (address, lease) -> Duration.between(clock.instant(), lease.heldUntil())))
            .build();
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
        Optional.ofNullable(lines).orElse(List.of()).forEach(leases::restore);
      } catch (JsonParseException | DateTimeException | NullPointerException e) {
        throw new IOException(file + " is damaged: move it away to start with no names on hold", e);
      }
    }
    return leases;
  }

  private void restore(Line line) {
    Instant now = clock.instant();
    Instant heldUntil = Instant.parse(line.heldUntil());
    Instant latest = now.plus(hold);
    Lease lease =
        new Lease(
            line.address(),
            line.holder(),
            line.key(),
            heldUntil.isAfter(latest) ? latest : heldUntil);
    if (lease.heldUntil().isAfter(now)) {
      byAddress.put(lease.address(), lease);
    }
  }

  @Nullable Lease find(String address) {
    return byAddress.getIfPresent(address);
  }

  /**
   * The lease of the same client's same tunnel, if it has one whose address passes {@code kind}.
   */
  @Nullable Lease find(String holder, String key, Predicate<String> kind) {
    return byAddress.asMap().values().stream()
        .filter(lease -> lease.holder().equals(holder) && lease.key().equals(key))
        .filter(lease -> kind.test(lease.address()))
        .findFirst()
        .orElse(null);
  }

  /** Marks the address as in use. */
  void use(String address, String holder, String key) {
    byAddress.put(address, new Lease(address, holder, key, Lease.IN_USE));
    isChanged = true;
  }

  /** The address is no longer in use, and held from now on. */
  void release(String address) {
    Lease lease = byAddress.getIfPresent(address);
    if (lease != null) {
      byAddress.put(
          address, new Lease(address, lease.holder(), lease.key(), clock.instant().plus(hold)));
      isChanged = true;
    }
  }

  /** Writes the file where something changed since the last time. */
  void save() {
    if (!isChanged) {
      return;
    }
    List<Line> lines =
        byAddress.asMap().values().stream()
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
