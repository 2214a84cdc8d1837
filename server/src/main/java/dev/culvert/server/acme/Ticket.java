package dev.culvert.server.acme;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one certificate and the order for it.
 *
 * @param names what it is for; it is known by the first
 * @param failures tries in a row that failed
 * @param tried the kind of challenge that the last of them was with; null where nothing failed
 * @param retryAt no try before then; null where nothing failed
 * @param order the URL of an order that is under way; null for none
 * @param records what the DNS hook was told to publish and not yet to remove
 * @param certificate the fingerprint of the certificate that was issued last; null for none
 */
record Ticket(
    List<String> names,
    int failures,
    @Nullable ChallengeKind tried,
    @Nullable Instant retryAt,
    @Nullable String order,
    List<TxtRecord> records,
    @Nullable String certificate) {

  /** A DNS record of type TXT. */
  record TxtRecord(String name, String value) {}

  Ticket {
    names = List.copyOf(names);
    records = List.copyOf(records);
  }

  String id() {
    return names.getFirst();
  }

  Ticket withOrder(@Nullable String url) {
    return new Ticket(names, failures, tried, retryAt, url, records, certificate);
  }

  Ticket withRecord(TxtRecord added) {
    List<TxtRecord> all = new ArrayList<>(records);
    all.add(added);
    return new Ticket(names, failures, tried, retryAt, order, all, certificate);
  }

  Ticket without(TxtRecord removed) {
    List<TxtRecord> left = records.stream().filter(record -> !record.equals(removed)).toList();
    return new Ticket(names, failures, tried, retryAt, order, left, certificate);
  }

  /** Another try failed. */
  Ticket failed(ChallengeKind kind, Instant nextTry) {
    return new Ticket(names, failures + 1, kind, nextTry, order, records, certificate);
  }

  /** The order came to its end. */
  Ticket issued(String fingerprint) {
    return new Ticket(names, 0, null, null, null, records, fingerprint);
  }

  /** Whether nothing would be lost with it at {@code now}. */
  boolean isBlankAt(Instant now) {
    return certificate == null
        && order == null
        && records.isEmpty()
        && (retryAt == null || !retryAt.isAfter(now));
  }
}
