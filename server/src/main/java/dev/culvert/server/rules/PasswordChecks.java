package dev.culvert.server.rules;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.culvert.mux.control.VisitorRules.Rate;
import dev.culvert.tls.PasswordHash;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether passwords are right. Any thread; nothing here blocks.
 *
 * <p>A hash is computed on a thread of its own, of which there are two, or one where memory is
 * short, behind a queue of {@value #QUEUE}; where that is full, or one tunnel has {@value
 * #PENDING_OF_ONE} in it, the answer is {@link Outcome#BUSY}. What was right is remembered for a
 * few minutes, by a keyed digest and never by the password; what was wrong is not. A visitor has
 * {@value #FAILURES} tries, and another every few seconds; right ones do not count.
 */
final class PasswordChecks implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(PasswordChecks.class);

  /** With less than this of heap two hashes at a time might take it all. */
  private static final long SHORT_BYTES = 256L << 20;

  static final int QUEUE = 64;
  static final int PENDING_OF_ONE = 16;
  static final int FAILURES = 10;
  static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final int MAX_REMEMBERED = 10_000;
  private static final Rate TRIES = new Rate(FAILURES, 60);
  private static final String DIGEST = "HmacSHA256";
  private static final int DIGEST_KEY_BYTES = 32;
  private static final long IDLE_SECONDS = 30;

  private final Executor executor;
  private final Ticker clock;
  private final VisitorBuckets tries;
  private final AsyncCache<String, Outcome> right;
  private final SecretKeySpec digestKey = newDigestKey();

  /** What is known of a password. */
  enum Outcome {
    RIGHT,
    WRONG,
    /** Too many wait already. */
    BUSY,
    /** The visitor has had too many tries. */
    TOO_MANY
  }

  /** What is known, and for {@link Outcome#TOO_MANY} how long it stays so. */
  record Answer(Outcome outcome, long waitNanos) {}

  PasswordChecks(Executor executor, Ticker clock, VisitorBuckets tries) {
    this.executor = executor;
    this.clock = clock;
    this.tries = tries;
    this.right =
        Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .ticker(clock)
            .executor(Runnable::run)
            .buildAsync();
  }

  /** The threads for it, which end when there is nothing to do. */
  static ExecutorService newThreads() {
    int count = Runtime.getRuntime().maxMemory() < SHORT_BYTES ? 1 : 2;
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().daemon().name("culvert-passwords-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private static SecretKeySpec newDigestKey() {
    byte[] key = new byte[DIGEST_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new SecretKeySpec(key, DIGEST);
  }

  /** Completes at once, or on a thread of the executor; never exceptionally. */
  CompletableFuture<Answer> check(
      KnownUsers users, BasicCredentials credentials, InetAddress visitor) {
    PasswordHash hash = users.hash(credentials.user());
    String key = digest(credentials, hash);
    CompletableFuture<Outcome> known = right.getIfPresent(key);
    if (known != null && known.getNow(Outcome.WRONG) == Outcome.RIGHT) {
      return CompletableFuture.completedFuture(new Answer(Outcome.RIGHT, 0));
    }
    TokenBucket bucket = tries.of(visitor, this, TRIES);
    long wait = bucket.take(clock.read());
    if (wait > 0) {
      return CompletableFuture.completedFuture(new Answer(Outcome.TOO_MANY, wait));
    }
    CompletableFuture<Outcome> checked =
        right.get(key, (_, _) -> compute(users, hash, credentials.password()));
    return checked.thenApply(outcome -> {
      if (outcome != Outcome.WRONG) {
        bucket.giveBack();
      }
      if (outcome != Outcome.RIGHT) {
        right.asMap().remove(key, checked);
      }
      return new Answer(outcome, 0);
    });
  }

  private CompletableFuture<Outcome> compute(KnownUsers users, PasswordHash hash, String password) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    if (users.pending.incrementAndGet() > PENDING_OF_ONE) {
      users.pending.decrementAndGet();
      outcome.complete(Outcome.BUSY);
      return outcome;
    }
    outcome.whenComplete((_, _) -> users.pending.decrementAndGet());
    try {
      executor.execute(() -> outcome.complete(matches(hash, password)));
    } catch (RejectedExecutionException e) {
      outcome.complete(Outcome.BUSY);
    }
    return outcome;
  }

  private static Outcome matches(PasswordHash hash, String password) {
    try {
      return hash.matches(password) ? Outcome.RIGHT : Outcome.WRONG;
    } catch (OutOfMemoryError e) { // a hash is what takes the most at once
      logger.error("there is no memory to look at a password; raise -Xmx");
      return Outcome.BUSY;
    } catch (RuntimeException e) { // whoever asked is answered whatever happens
      logger.error("a password could not be looked at", e);
      return Outcome.BUSY;
    }
  }

  /** Tells apart all that a password was looked at with. */
  private String digest(BasicCredentials credentials, PasswordHash hash) {
    try {
      Mac mac = Mac.getInstance(DIGEST);
      mac.init(digestKey);
      mac.update(hash.text().getBytes(StandardCharsets.US_ASCII));
      mac.update((byte) 0);
      mac.update(credentials.password().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  long remembered() {
    right.synchronous().cleanUp();
    return right.synchronous().estimatedSize();
  }

  @Override
  public void close() {
    if (executor instanceof ExecutorService threads) {
      threads.shutdownNow();
    }
  }
}
