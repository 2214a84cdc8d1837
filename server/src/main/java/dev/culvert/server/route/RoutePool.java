package dev.culvert.server.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one address: those of the clients that share it, mostly but one. Any thread.
 *
 * <p>A request goes to the member with the fewest requests, of several to each in turn. One that
 * fails {@value #MAX_FAILURES} times in a row, without an answer in between, is out for ten
 * seconds, and twice as long each time that its first request after that fails too, up to five
 * minutes; one whose client says that its service is down is out until it says otherwise. Members
 * that are out get requests only where no other is left.
 */
public final class RoutePool {
  static final int MAX_FAILURES = 3;
  private static final long OUT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long MAX_OUT_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final AtomicInteger turn = new AtomicInteger();
  private volatile List<Member> members = List.of(); // replaced with RouteTable's lock held

  /** One route, and what is known of how it does. */
  public static final class Member {
    private final Route route;
    private final AtomicInteger active = new AtomicInteger();
    private volatile boolean isDown; // as its client says
    private volatile int failures; // in a row; written with this locked, like the two below
    private volatile long outNanos;
    private volatile long outSinceNanos;

    private Member(Route route) {
      this.route = route;
    }

    public Route route() {
      return route;
    }

    /** The request that it was taken for is over; once for each. */
    public void release() {
      active.decrementAndGet();
    }

    /** Its service has begun an answer. */
    public void answered() {
      if (failures > 0) {
        synchronized (this) {
          failures = 0;
          outNanos = 0;
        }
      }
    }

    /** It could not be asked, or did not answer. */
    public synchronized void failed(long nowNanos) {
      if (isOut(nowNanos)) {
        return; // of what was under way when it was put out
      }
      failures++;
      if (failures >= MAX_FAILURES) {
        outNanos = outNanos == 0 ? OUT_NANOS : Math.min(2 * outNanos, MAX_OUT_NANOS);
        outSinceNanos = nowNanos;
      }
    }

    /** How many requests it has. */
    int requests() {
      return active.get();
    }

    boolean isOut(long nowNanos) {
      return isDown || (outNanos > 0 && nowNanos - outSinceNanos < outNanos);
    }

    @Override
    public String toString() {
      return route.toString();
    }
  }

  RoutePool() {}

  void add(Route route) {
    List<Member> all = new ArrayList<>(members);
    all.add(new Member(route));
    members = List.copyOf(all);
  }

  /** False where it was not there. */
  boolean remove(Route route) {
    List<Member> left = members.stream().filter(member -> !member.route.equals(route)).toList();
    boolean wasThere = left.size() < members.size();
    members = left;
    return wasThere;
  }

  void report(Route route, boolean isUp) {
    for (Member member : members) {
      if (member.route.equals(route)) {
        member.isDown = !isUp;
      }
    }
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** How many clients share the address. */
  public int size() {
    return members.size();
  }

  /**
   * Takes a member for one request, until {@link Member#release}.
   *
   * @param tried members that the request has been to
   * @param nowNanos by {@link System#nanoTime}
   * @return null where there is no other
   */
  public @Nullable Member take(Collection<Member> tried, long nowNanos) {
    List<Member> all = members;
    int count = all.size();
    int first = count < 2 ? 0 : Math.floorMod(turn.getAndIncrement(), count);
    Member best = null;
    boolean isBestOut = true;
    for (int i = 0; i < count; i++) {
      Member member = all.get((first + i) % count);
      boolean isOut = member.isOut(nowNanos);
      if (!tried.contains(member)
          && (best == null
              || (isBestOut && !isOut)
              || (isBestOut == isOut && member.requests() < best.requests()))) {
        best = member;
        isBestOut = isOut;
      }
    }
    if (best != null) {
      best.active.incrementAndGet();
    }
    return best;
  }
}
