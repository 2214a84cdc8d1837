package dev.culvert.server.token;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.culvert.mux.control.Secret;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.token.Verification.Accepted;
import dev.culvert.server.token.Verification.Reason;
import dev.culvert.server.token.Verification.Rejected;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a presented token is good, and whether what it granted still is. Any thread; nothing
 * here blocks but {@link #reloadIfChanged}, which reads a file.
 */
public final class TokenVerifier implements AutoCloseable {
  /*
   * Invariants:
   * - The cache holds what a signature says, and that never changes. Whether the token is revoked
   *   or expired is judged against the registry and the clock at each use, cached or not.
   * - Text that cannot be a token costs neither a hash, nor a cache entry, nor a signature check.
   * - Any number of clients with one token cost one signature check.
   */
  static final int MAX_TOKEN_CHARS = 4096;
  private static final int MAX_CACHED = 10_000;
  private static final Duration CACHED = Duration.ofMinutes(10);
  private static final Duration CACHED_REJECTION = Duration.ofSeconds(10);
  private static final int THREADS = 2;

  /** Half a millisecond each on two threads: the last in the queue waits about 64 ms. */
  private static final int MAX_WAITING = 256;

  private final boolean needsToken;
  private final KeysetWatch keyset;
  private final InstantSource clock;
  private final RegistryWatch watch;
  private final ExecutorService executor;
  private final AsyncCache<String, Verification> signatures;

  private TokenVerifier(TokenStore store, boolean needsToken, ExecutorService executor)
      throws TokenStoreException {
    this.needsToken = needsToken;
    this.clock = store.clock();
    this.keyset = new KeysetWatch(store.keyset(), clock);
    this.watch = new RegistryWatch(store.file(), clock);
    this.executor = executor;
    this.signatures =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfter(Expiry.creating((String _, Verification signed) -> cacheTime(signed)))
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(Runnable::run)
            .buildAsync();
  }

  /** A verifier for the tokens of {@code store}, which fails where the registry is unreadable. */
  public static TokenVerifier open(TokenStore store) throws TokenStoreException {
    return new TokenVerifier(store, true, newExecutor());
  }

  /** The same, which takes no token at all for one that allows {@link Permissions#STANDARD}. */
  public static TokenVerifier openToAnyone(TokenStore store) throws TokenStoreException {
    return new TokenVerifier(store, false, newExecutor());
  }

  private static ExecutorService newExecutor() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("culvert-token-", 1).factory());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  static TokenVerifier open(TokenStore store, ExecutorService executor) throws TokenStoreException {
    return new TokenVerifier(store, true, executor);
  }

  /**
   * Completes before it returns where the answer is known, else on a thread of the verifier, and
   * never exceptionally. When too many are waiting already, the answer is {@link Reason#BUSY}.
   */
  public CompletionStage<Verification> verify(Secret token) {
    if (token.reveal().isEmpty()) {
      return CompletableFuture.completedFuture(
          needsToken
              ? new Rejected(
                  Reason.MALFORMED,
                  "no token was given: set CULVERT_AUTHTOKEN, or add --token-file FILE")
              : new Accepted(Grant.ANONYMOUS));
    }
    if (!mayBeToken(token.reveal())) {
      return CompletableFuture.completedFuture(TokenKeys.malformed());
    }
    try {
      return signatures
          .get(
              sha256(token),
              (hash, _) -> CompletableFuture.supplyAsync(() -> verifySignature(token), executor))
          .thenApply(this::judge);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(
          new Rejected(Reason.BUSY, "the server is busy: try again in a moment"));
    }
  }

  /**
   * Whether {@code grant} still holds. Ask again after whatever shall be ended by {@link
   * #onChanged} has been entered where the listener finds it: the token may be revoked between its
   * verification and that moment.
   */
  public boolean isValid(Grant grant, Instant now) {
    return permissions(grant, now) != null;
  }

  /** What {@code grant} allows now; null where it is void. See {@link #isValid}. */
  public @Nullable Permissions permissions(Grant grant, Instant now) {
    if (grant.equals(Grant.ANONYMOUS)) {
      return needsToken ? null : Permissions.STANDARD;
    }
    TokenRecord record = watch.snapshot().byId(grant.tokenId());
    return record != null
            && record.isUsable(now)
            && !grant.isExpired(now)
            && grant.generation() >= record.oldestGeneration(now)
        ? record.permissions()
        : null;
  }

  /**
   * Adopts the keys and the registry if their files have changed, and tells the listeners which
   * tokens are void. An unreadable file is logged once and leaves everything as it was. Reads a
   * file: not for an event loop.
   */
  public void reloadIfChanged() {
    reloadKeys();
    watch.reloadIfChanged();
  }

  /**
   * Has {@code listener} told the id of each token that was narrowed, revoked, removed from the
   * registry or expired: once for each change, on the thread that calls {@link #reloadIfChanged} or
   * one of the verifier's. What was and is no longer is told as well as not: ask {@link
   * #permissions}.
   */
  public void onChanged(Consumer<String> listener) {
    watch.onChanged(listener);
  }

  /**
   * Tokens not cached are answered with {@link Reason#BUSY} from now on; waiting ones as ever.
   * Waits for its threads, at most a second.
   */
  @Override
  public void close() {
    executor.shutdown();
    try {
      var _ = executor.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A token made a moment ago by another process may be in the file and not yet in memory. */
  private Verification verifySignature(Secret token) {
    TokenKeys keys = keyset.keys();
    Verification signed = keys.verifySignature(token.reveal());
    if (signed instanceof Rejected(Reason reason, String _) && reason == Reason.BAD_SIGNATURE) {
      reloadKeys();
      if (keyset.keys() != keys) { // adopted now, or by another thread in the meantime
        signed = keyset.keys().verifySignature(token.reveal());
      }
    }
    if (signed instanceof Accepted(Grant grant) && watch.snapshot().byId(grant.tokenId()) == null) {
      watch.reloadIfChanged();
    }
    return signed;
  }

  private void reloadKeys() {
    if (keyset.reloadIfChanged()) {
      signatures.synchronous().asMap().clear(); // what other keys say
    }
  }

  /** How many answers are in memory, once what is too much is gone. */
  long cached() {
    signatures.synchronous().cleanUp();
    return signatures.synchronous().estimatedSize();
  }

  private Verification judge(Verification signed) {
    return switch (signed) {
      case Rejected rejected -> rejected;
      case Accepted(Grant grant) -> {
        Rejected rejected = rejection(grant, clock.instant());
        yield rejected == null ? signed : rejected;
      }
    };
  }

  private @Nullable Rejected rejection(Grant grant, Instant now) {
    TokenRecord record = watch.snapshot().byId(grant.tokenId());
    String token = "the token \"" + grant.tokenName() + "\"";
    if (record == null) {
      return new Rejected(
          Reason.UNKNOWN, token + " is no longer known to this server: ask for a new one");
    }
    if (!grant.issued().covers(record.permissions())) {
      return new Rejected(
          Reason.UNKNOWN, token + " allows less than the server's registry: ask for a new one");
    }
    if (record.isRevoked()) {
      return new Rejected(Reason.REVOKED, token + " was revoked: ask for a new one");
    }
    if (grant.generation() < record.oldestGeneration(now)) {
      return new Rejected(Reason.REVOKED, token + " was replaced by a newer one: ask for that");
    }
    if (record.isExpired(now) || grant.isExpired(now)) {
      return new Rejected(
          Reason.EXPIRED,
          token
              + " expired at "
              + (grant.isExpired(now) ? grant.expiresAt() : record.expiresAt())
              + ": ask for a new one");
    }
    return null;
  }

  private Duration cacheTime(Verification signed) {
    return switch (signed) {
      case Rejected _ -> CACHED_REJECTION;
      case Accepted(Grant(String _, String _, int _, Permissions _, Instant expiresAt)) -> {
        if (expiresAt == null) {
          yield CACHED;
        }
        Duration left = Duration.between(clock.instant(), expiresAt);
        if (!left.isPositive()) {
          yield CACHED_REJECTION;
        }
        yield left.compareTo(CACHED) < 0 ? left : CACHED;
      }
    };
  }

  private static boolean mayBeToken(String text) {
    if (text.length() > MAX_TOKEN_CHARS) {
      return false;
    }
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean base64 =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_';
      if (c == '.') {
        dots++;
      } else if (!base64) {
        return false;
      }
    }
    return dots == 2;
  }

  private static String sha256(Secret token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(token.reveal().getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
