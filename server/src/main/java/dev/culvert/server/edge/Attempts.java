package dev.culvert.server.edge;

import dev.culvert.mux.netty.SessionEndedException;
import dev.culvert.mux.netty.StreamLimitException;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RoutePool;
import dev.culvert.server.route.RoutePool.Member;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Where one request goes, and where next if that fails. On the visitor's event loop, but for {@link
 * #end}.
 *
 * <p>Nothing is tried again once something of a response came, or a byte of the body was sent that
 * cannot be had again or may have reached a service ({@link SentBody}). Otherwise a request goes
 *
 * <ul>
 *   <li>to another member of the pool if it has certainly not reached a service: no stream could be
 *       opened, or its status says not connected. The same client is not asked to dial twice.
 *   <li>once, if it is idempotent or a service of HTTP/2 says that it has not looked at it: to the
 *       same member over a new connection if it went out on one that had been idle or said so, else
 *       to another member, as where a client has left.
 * </ul>
 *
 * <p>It goes to {@value #MAX_MEMBERS} members at most.
 */
final class Attempts {
  private static final int MAX_MEMBERS = 3;

  private final RoutePool members;
  private final boolean isIdempotent;
  private final List<Member> tried = new ArrayList<>(1); // the last one has the request
  private final AtomicBoolean hasEnded = new AtomicBoolean();
  private boolean isReused;
  private boolean isRepeated;

  Attempts(RoutePool members, boolean isIdempotent) {
    this.members = members;
    this.isIdempotent = isIdempotent;
  }

  /** Null where there are no members any more. */
  @Nullable Route first() {
    return another();
  }

  /** The request goes out on a connection that has been idle. */
  void reused() {
    isReused = true;
  }

  /** Where to open the next stream after the last one could not be; null for nowhere. */
  @Nullable Route afterUnopened(Throwable cause) {
    if (!(cause instanceof StreamLimitException)) { // who has too many requests is well
      current().failed(System.nanoTime());
    }
    return another();
  }

  /**
   * Where to send the request again, over a new connection; null for nowhere.
   *
   * @param isCommitted whether it cannot be sent once more as it was, or something of a response
   *     came
   */
  @Nullable Route afterUnanswered(Throwable cause, boolean isCommitted) {
    boolean wasReused = isReused;
    isReused = false;
    boolean isReset = cause instanceof ServiceResetException;
    boolean isUnprocessed = cause instanceof ServiceResetException e && e.isUnprocessed();
    if (!wasReused && !isReset) {
      current().failed(System.nanoTime()); // an idle connection may end at any time
    }
    if (isCommitted || cause instanceof ProtocolException || (isReset && !isUnprocessed)) {
      return null;
    }
    if (cause instanceof LocalServiceException e && e.isUnreached()) {
      return another();
    }
    if (!(isIdempotent || isUnprocessed) || isRepeated) {
      return null;
    }
    isRepeated = true;
    Route same = wasReused || isUnprocessed ? current().route() : null;
    if (same != null && !(cause instanceof SessionEndedException)) {
      return same;
    }
    Route other = another();
    return other == null ? same : other;
  }

  /** Whether the request may go to another member where this one turns out to have no service. */
  boolean mayGoElsewhere() {
    return !isReused && members.size() > tried.size() && tried.size() < MAX_MEMBERS;
  }

  /** No response has begun for too long; it is not tried again. */
  void late() {
    current().failed(System.nanoTime());
  }

  /** A response has begun. */
  void answered() {
    current().answered();
  }

  /** The request is over. Any thread, and more than once. */
  void end() {
    if (hasEnded.compareAndSet(false, true) && !tried.isEmpty()) {
      current().release();
    }
  }

  private Member current() {
    return tried.getLast();
  }

  private @Nullable Route another() {
    Member next = tried.size() < MAX_MEMBERS ? members.take(tried, System.nanoTime()) : null;
    if (next == null) {
      return null;
    }
    if (!tried.isEmpty()) {
      current().release();
    }
    tried.add(next);
    return next.route();
  }

  @Override
  public String toString() {
    return tried.isEmpty() ? "no route" : current().toString();
  }
}
