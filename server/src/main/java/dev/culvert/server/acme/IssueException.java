package dev.culvert.server.acme;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Why there is no certificate, in a line for people, and how far the reason reaches. */
final class IssueException extends Exception {
  /** What a failure says of other orders. */
  enum Scope {
    /** The names' own answer to the authority's challenge was not right. */
    CHALLENGE,
    /** It concerns these names alone. */
    NAMES,
    /** The authority serves nobody, or not us: all orders wait. */
    AUTHORITY
  }

  private static final long serialVersionUID = 1L;
  private static final int MAX_CHARS = 500;

  private final Scope scope;
  private final transient @Nullable Instant retryAfter;

  IssueException(Scope scope, String reason, @Nullable Instant retryAfter, Throwable cause) {
    super(printable(reason), cause);
    this.scope = scope;
    this.retryAfter = retryAfter;
  }

  IssueException(Scope scope, String reason) {
    super(printable(reason));
    this.scope = scope;
    this.retryAfter = null;
  }

  Scope scope() {
    return scope;
  }

  /** Before then the authority wants to hear nothing more of it; null where it did not say. */
  @Nullable Instant retryAfter() {
    return retryAfter;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  /** What others wrote, as one line of bounded length. */
  static String printable(String text) {
    String line = text.strip().replaceAll("\\s+", " ").replaceAll("[^\\x20-\\x7e]", "?");
    return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + "...";
  }
}
