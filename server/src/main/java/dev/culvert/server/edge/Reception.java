package dev.culvert.server.edge;

import dev.culvert.server.log.AccessLog;
import dev.culvert.server.log.RequestTrace;
import dev.culvert.server.route.HostRoutes;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RoutePool;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.rules.Verdict;
import dev.culvert.server.visitor.Requester;
import dev.culvert.server.visitor.TrustedProxies;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where every request of every visitor comes in, once it has been read: finds out who asks, finds
 * its routes, and makes its {@link Exchange}. Any thread.
 */
final class Reception {
  private final RouteTable routes;
  private final TrustedProxies proxies;
  private final RuleBook rules;
  private final AccessLog log;
  private final UpstreamPool pool = new UpstreamPool();

  Reception(RouteTable routes, TrustedProxies proxies, RuleBook rules, AccessLog log) {
    this.routes = routes;
    this.proxies = proxies;
    this.rules = rules;
    this.log = log;
  }

  /**
   * Takes a request, on its visitor's event loop.
   *
   * @return to be started; null where the visitor has been answered already
   */
  @Nullable Exchange receive(Visitor visitor, RequestHead head) {
    HttpHeaders headers = head.headers();
    Requester requester = proxies.requester(headers, visitor.address(), head.scheme(), head.host());
    RequestTrace trace =
        log.begin(
            requester.addressText(),
            head.host(),
            head.method().name(),
            head.target(),
            head.version().text(),
            requester.requestId(),
            headers.get(HttpHeaderNames.REFERER),
            headers.get(HttpHeaderNames.USER_AGENT));
    HostRoutes host = routes.find(head.host());
    RoutePool members = host == null ? null : host.at(head.target());
    if (members == null) {
      HttpRefusal refusal = HttpRefusal.noSuchTunnel(head.host());
      refusal.tell(trace, head.accept());
      visitor.answer(refusal);
      return null;
    }
    return new Exchange(visitor, this, pool, members, head, requester, trace);
  }

  /** Holds a request to the rules; {@code answer} is called once, on its visitor's event loop. */
  void admit(
      Visitor visitor,
      Route route,
      RequestHead head,
      Requester requester,
      Consumer<Verdict> answer) {
    rules.check(
        route.gate(),
        head.forRules(routes.host(route), requester.address()),
        visitor.loop(),
        answer);
  }

  /** Answers a request, on its visitor's event loop, that is none or not for this server. */
  void refuse(
      Visitor visitor,
      HttpRefusal refusal,
      @Nullable CharSequence method,
      @Nullable CharSequence target,
      String protocol) {
    refusal.tell(trace(visitor, method, target, protocol), null);
    visitor.answer(refusal);
  }

  /** Notes a request, on its visitor's event loop, that gets no answer as nobody could read it. */
  void unreadable(
      Visitor visitor,
      @Nullable CharSequence method,
      @Nullable CharSequence target,
      String protocol) {
    HttpRefusal why = HttpRefusal.badRequest("");
    RequestTrace trace = trace(visitor, method, target, protocol);
    trace.status(why.status().code());
    trace.error(why.code());
    trace.end();
  }

  private RequestTrace trace(
      Visitor visitor,
      @Nullable CharSequence method,
      @Nullable CharSequence target,
      String protocol) {
    Requester requester = proxies.requester(EmptyHttpHeaders.INSTANCE, visitor.address(), "", "");
    return log.begin(
        requester.addressText(),
        "",
        method == null ? "" : method.toString(),
        target == null ? "" : target.toString(),
        protocol,
        requester.requestId(),
        null,
        null);
  }

  /** Lets go of connections that have waited for a request long enough. Twice a second. */
  void sweep() {
    pool.sweep();
  }
}
