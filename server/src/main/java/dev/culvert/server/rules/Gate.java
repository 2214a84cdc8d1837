package dev.culvert.server.rules;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.culvert.mux.control.AddressBlock;
import dev.culvert.mux.control.RuleKind;
import dev.culvert.mux.control.VisitorRules;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One set of {@link VisitorRules} at work, and what it has counted. Any thread.
 *
 * <p>What costs least and tells least comes first: address, the visitor's own rate, HTTPS, filters,
 * size; then the password; and last what the tunnel's visitors share, so that nobody uses it up who
 * is not let in.
 */
public final class Gate {
  /** That of a tunnel without rules. */
  public static final Gate OPEN = new Gate(VisitorRules.NONE, null);

  private final VisitorRules rules;
  private final Set<RuleKind> kinds;
  private final List<AddressBlock> allowed;
  private final List<AddressBlock> denied;
  private final Filters filters;
  private final @Nullable KnownUsers users;
  private final @Nullable TokenBucket tunnelBucket;
  private final AtomicInteger requests = new AtomicInteger();

  /**
   * {@code tunnelBucket} is there where the rules have a rate for the tunnel.
   *
   * @throws IllegalArgumentException that says which rule cannot be used
   */
  Gate(VisitorRules rules, @Nullable TokenBucket tunnelBucket) {
    if (!rules.unknown().isEmpty()) {
      throw new IllegalArgumentException(
          "rules that are not known here: " + String.join(", ", rules.unknown()));
    }
    this.rules = rules;
    this.kinds = rules.kinds();
    this.allowed = rules.cidrAllow().stream().map(AddressBlock::parse).toList();
    this.denied = rules.cidrDeny().stream().map(AddressBlock::parse).toList();
    this.filters = new Filters(rules.filters());
    this.users = rules.basicAuth().isEmpty() ? null : new KnownUsers(rules.basicAuth());
    this.tunnelBucket = tunnelBucket;
  }

  VisitorRules rules() {
    return rules;
  }

  /** The kinds of rules that there are some of. */
  public Set<RuleKind> kinds() {
    return kinds;
  }

  boolean isOpen() {
    return kinds.isEmpty();
  }

  /** Whether {@code visitor} may come at all. */
  public boolean lets(InetAddress visitor) {
    return (allowed.isEmpty() || isAmong(allowed, visitor)) && !isAmong(denied, visitor);
  }

  private static boolean isAmong(List<AddressBlock> blocks, InetAddress address) {
    for (AddressBlock block : blocks) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** What needs no password to be known. Null where the request passes so far. */
  @Nullable RuleRefusal checkRequest(
      VisitorRequest request, VisitorBuckets buckets, int httpsPort, Ticker clock) {
    if (!lets(request.visitor())) {
      return RuleRefusal.address();
    }
    if (rules.visitorRate() != null) {
      TokenBucket bucket = buckets.of(request.visitor(), this, rules.visitorRate());
      long wait = bucket.take(clock.read()); // not before the bucket was made
      if (wait > 0) {
        return RuleRefusal.rateLimited("visitor", wait);
      }
    }
    if (rules.httpsRedirect() && !request.scheme().equals("https")) {
      return RuleRefusal.redirect(httpsUrl(request, httpsPort));
    }
    RuleRefusal filtered = filters.check(request.target(), request.headers());
    if (filtered != null) {
      return filtered;
    }
    return rules.maxBodyBytes() > 0 && announcedBytes(request.headers()) > rules.maxBodyBytes()
        ? RuleRefusal.bodyTooLarge(rules.maxBodyBytes())
        : null;
  }

  /** A proxy that visitors use has the usual port. */
  private static String httpsUrl(VisitorRequest request, int port) {
    return "https://"
        + request.host()
        + (port == 443 || request.isBehindProxy() ? "" : ":" + port)
        + (request.target().startsWith("/") ? request.target() : "/");
  }

  /** Zero where nothing is announced that can be read; it is counted then as it comes. */
  private static long announcedBytes(HttpHeaders headers) {
    String text = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (text == null || !text.matches("[0-9]{1,30}")) {
      return 0;
    }
    return text.length() > 18 ? Long.MAX_VALUE : Long.parseLong(text);
  }

  /** Null where everybody may come in. */
  @Nullable KnownUsers users() {
    return users;
  }

  /**
   * What all visitors share. Null where the request passes, which then counts until {@link #leave}.
   */
  @Nullable RuleRefusal enter(long nowNanos) {
    if (rules.maxRequests() > 0 && requests.incrementAndGet() > rules.maxRequests()) {
      requests.decrementAndGet();
      return RuleRefusal.tooManyAtATime();
    }
    long wait = tunnelBucket == null ? 0 : tunnelBucket.take(nowNanos);
    if (wait > 0) {
      leave();
      return RuleRefusal.rateLimited("tunnel", wait);
    }
    return null;
  }

  /** A request is over that had entered. */
  void leave() {
    if (rules.maxRequests() > 0) {
      requests.decrementAndGet();
    }
  }

  /** How many are being answered, where that is limited. */
  int requests() {
    return requests.get();
  }
}
