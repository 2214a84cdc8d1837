package dev.culvert.tls;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The keys with which a server seals the tickets that let its clients come back without a full
 * handshake. Any thread.
 *
 * <p>They are random, in memory only, and those of one context: whoever presents another key or
 * certificate takes none of these tickets.
 */
final class TicketKeys {
  /*
   * Invariants:
   * - Tickets are sealed with newest, and those of the one before it are still taken.
   * - newest was made at madeAt, and is replaced at the first use that is PERIOD later.
   */

  /** A ticket is good for one to two of these: one of 9:00 under a key of 0:00 ends at 24:00. */
  static final Duration PERIOD = Duration.ofHours(12);

  /** How long a ticket is good at most. */
  static final Duration LONGEST_LIFE = PERIOD.multipliedBy(2);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final OpenSslSessionContext sessions;
  private final InstantSource clock;
  private OpenSslSessionTicketKey newest;
  private Instant madeAt;

  TicketKeys(OpenSslSessionContext sessions, InstantSource clock) {
    this.sessions = sessions;
    this.clock = clock;
    this.newest = random();
    this.madeAt = clock.instant();
    sessions.setTicketKeys(newest);
  }

  /** To be called before each handshake. */
  synchronized void rotateIfDue() {
    Instant now = clock.instant();
    if (now.isBefore(madeAt.plus(PERIOD))) {
      return;
    }
    OpenSslSessionTicketKey former = now.isBefore(madeAt.plus(LONGEST_LIFE)) ? newest : null;
    newest = random();
    madeAt = now;
    install(former);
  }

  private void install(@Nullable OpenSslSessionTicketKey former) {
    if (former == null) {
      sessions.setTicketKeys(newest);
    } else {
      sessions.setTicketKeys(newest, former);
    }
  }

  private static OpenSslSessionTicketKey random() {
    return new OpenSslSessionTicketKey(
        random(OpenSslSessionTicketKey.NAME_SIZE),
        random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
        random(OpenSslSessionTicketKey.AES_KEY_SIZE));
  }

  private static byte[] random(int bytes) {
    byte[] key = new byte[bytes];
    RANDOM.nextBytes(key);
    return key;
  }
}
