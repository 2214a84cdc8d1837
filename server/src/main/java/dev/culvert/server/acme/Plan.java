package dev.culvert.server.acme;

import dev.culvert.server.acme.IssueException.Scope;
import dev.culvert.tls.KeyAndChain;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate is ordered or renewed when. Any thread; no input or output.
 *
 * <p>A certificate that is wanted is due at once where there is none, else when it is to be
 * renewed; but not before a failed try's time has come, nor while the authority as a whole fails,
 * nor beyond {@value #ORDERS_PER_HOUR} new orders within an hour.
 */
final class Plan {
  /*
   * Invariants:
   * - What is wanted has a ticket.
   * - orders are in the order of their times, none older than an hour when it is counted.
   * - Only certificates that tickets name by their fingerprint have a time of renewal: those of
   *   another authority, such as one for trials, do not count.
   */
  static final int ORDERS_PER_HOUR = 30;

  private static final Duration HOUR = Duration.ofHours(1);

  private final InstantSource clock;
  private final RandomGenerator random;
  private final Set<String> wanted = ConcurrentHashMap.newKeySet(); // ids; added to under the lock
  private final Map<String, Ticket> tickets = new LinkedHashMap<>();
  private final Map<String, Instant> renewals = new HashMap<>();
  private final ArrayDeque<Instant> orders = new ArrayDeque<>();
  private @Nullable String account;
  private int authorityFailures;
  private @Nullable Instant authorityRetryAt;

  /** What of a plan outlives the process. */
  record Memory(
      @Nullable String account,
      int authorityFailures,
      @Nullable Instant authorityRetryAt,
      List<Instant> orders,
      List<Ticket> tickets) {

    static final Memory NOTHING = new Memory(null, 0, null, List.of(), List.of());
  }

  /** Goes on from {@code memory} with the certificates that are there. */
  Plan(
      Memory memory, Collection<KeyAndChain> present, InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
    account = memory.account;
    authorityFailures = memory.authorityFailures;
    authorityRetryAt = memory.authorityRetryAt;
    orders.addAll(memory.orders);
    Map<String, Instant> renewalByFingerprint = new HashMap<>();
    for (KeyAndChain certificate : present) {
      X509Certificate first = certificate.chain().getFirst();
      renewalByFingerprint.put(Fingerprint.of(first), Timetable.renewal(first));
    }
    for (Ticket ticket : memory.tickets) {
      tickets.put(ticket.id(), ticket);
      Instant renewal = renewalByFingerprint.get(ticket.certificate());
      if (renewal != null) {
        renewals.put(ticket.id(), renewal);
      }
    }
  }

  synchronized Memory memory() {
    Instant now = clock.instant();
    tickets.values().removeIf(ticket -> !wanted.contains(ticket.id()) && ticket.isBlankAt(now));
    return new Memory(
        account,
        authorityFailures,
        authorityRetryAt,
        List.copyOf(orders),
        List.copyOf(tickets.values()));
  }

  /** Looks after a certificate for {@code names} from now on; false where that was so before. */
  boolean want(List<String> names) {
    return !wanted.contains(names.getFirst()) && add(names);
  }

  private synchronized boolean add(List<String> names) {
    String id = names.getFirst();
    Ticket known = tickets.get(id);
    if (known == null || !known.names().equals(names)) {
      // What was ordered for other names is of no use; what was published must be removed still.
      List<Ticket.TxtRecord> records = known == null ? List.of() : known.records();
      tickets.put(id, new Ticket(names, 0, null, null, null, records, null));
      renewals.remove(id);
    }
    return wanted.add(id);
  }

  /** Lets a certificate grow old. */
  synchronized void letGo(Ticket ticket) {
    wanted.remove(ticket.id());
  }

  /** What is to be done now; null for nothing. */
  synchronized @Nullable Ticket due() {
    Instant now = clock.instant();
    return wanted.stream()
        .filter(id -> !dueAt(id).isAfter(now))
        .min(Comparator.comparing(this::dueAt))
        .map(tickets::get)
        .orElse(null);
  }

  /** When something is to be done; null for never. */
  synchronized @Nullable Instant nextAt() {
    return wanted.stream().map(this::dueAt).min(Comparator.naturalOrder()).orElse(null);
  }

  private Instant dueAt(String id) {
    Ticket ticket = ticket(id);
    Instant due = renewals.getOrDefault(id, Instant.EPOCH);
    due = later(due, ticket.retryAt());
    due = later(due, authorityRetryAt);
    return ticket.order() == null ? later(due, nextOrderAt()) : due;
  }

  private static Instant later(Instant a, @Nullable Instant b) {
    return b != null && b.isAfter(a) ? b : a;
  }

  private Instant nextOrderAt() {
    forgetOldOrders();
    return orders.size() < ORDERS_PER_HOUR ? Instant.EPOCH : orders.getFirst().plus(HOUR);
  }

  private void forgetOldOrders() {
    Instant oldest = clock.instant().minus(HOUR);
    while (!orders.isEmpty() && !orders.getFirst().isAfter(oldest)) {
      orders.removeFirst();
    }
  }

  synchronized Ticket ticket(String id) {
    Ticket ticket = tickets.get(id);
    if (ticket == null) {
      throw new IllegalStateException("no ticket for " + id);
    }
    return ticket;
  }

  /** A step was taken. */
  synchronized void update(Ticket ticket) {
    tickets.put(ticket.id(), ticket);
  }

  /** A new order is about to be made. */
  synchronized void countOrder() {
    forgetOldOrders();
    orders.addLast(clock.instant());
  }

  /** A certificate is there; when it will be renewed. */
  synchronized Instant issued(String id, X509Certificate certificate) {
    update(ticket(id).issued(Fingerprint.of(certificate)));
    authorityWorks();
    Instant renewal = Timetable.renewal(certificate);
    renewals.put(id, renewal);
    return renewal;
  }

  /**
   * A try has failed; when the next one is.
   *
   * @param kind the kind of challenge that it was made with
   * @param otherKinds how many others there are: while one is not yet tried, it is tried at once
   */
  synchronized Instant failed(
      String id, IssueException failure, ChallengeKind kind, int otherKinds) {
    Instant now = clock.instant();
    Ticket ticket = ticket(id);
    if (failure.scope() == Scope.AUTHORITY) {
      authorityFailures++;
      authorityRetryAt = nextTry(now, authorityFailures, failure.retryAfter());
      return authorityRetryAt;
    }
    authorityWorks();
    int failures = ticket.failures() + 1;
    Instant nextTry =
        failure.scope() == Scope.CHALLENGE && failures <= otherKinds
            ? now
            : nextTry(now, Math.max(1, failures - otherKinds), failure.retryAfter());
    update(ticket.failed(kind, nextTry));
    return nextTry;
  }

  private void authorityWorks() {
    authorityFailures = 0;
    authorityRetryAt = null;
  }

  private Instant nextTry(Instant now, int failures, @Nullable Instant retryAfter) {
    Instant asked = retryAfter == null ? now : retryAfter;
    Instant latest = now.plus(Timetable.LONGEST_RETRY_AFTER);
    return later(
        now.plus(Timetable.retryDelay(failures, random)), asked.isAfter(latest) ? latest : asked);
  }

  synchronized @Nullable String account() {
    return account;
  }

  synchronized void setAccount(String url) {
    account = url;
  }

  /** The authority knows the account no longer, and with it no order. */
  synchronized void forgetAccount() {
    account = null;
    for (Ticket ticket : new ArrayList<>(tickets.values())) {
      update(ticket.withOrder(null));
    }
  }
}
