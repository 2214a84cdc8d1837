package dev.culvert.server.edge;

import dev.culvert.server.log.AccessLog;
import dev.culvert.server.log.RequestTrace;
import dev.culvert.server.route.HostRoutes;
import dev.culvert.server.route.Route;
import dev.culvert.server.route.RoutePool;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.rules.Verdict;
import dev.culvert.server.visitor.Patience;
import dev.culvert.server.visitor.Requester;
import dev.culvert.server.visitor.TrustedProxies;
import dev.culvert.server.visitor.VisitorSettings;
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
  private final Misdirection misdirection;
  private final TrustedProxies proxies;
  private final Patience patience;
  private final RuleBook rules;
  private final AccessLog log;
  private final UpstreamPool pool = new UpstreamPool();
  private final CompressionPlaces compressionPlaces = new CompressionPlaces();
  private volatile boolean isStopping;

  Reception(
      RouteTable routes,
      Misdirection misdirection,
      VisitorSettings settings,
      RuleBook rules,
      AccessLog log) {
    this.routes = routes;
    this.misdirection = misdirection;
    this.proxies = settings.proxies();
    this.patience = settings.patience();
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
    HttpRefusal refusal = refusal(visitor, head.host(), members);
    if (members == null || refusal != null) {
      HttpRefusal told = refusal == null ? HttpRefusal.noSuchTunnel(head.host()) : refusal;
      told.tell(trace, head);
      visitor.answer(told);
      return null;
    }
    return new Exchange(visitor, this, pool, members, head, requester, trace);
  }

  /** Why nothing is asked of a tunnel; null where it is, if there is one. */
  private @Nullable HttpRefusal refusal(Visitor visitor, String host, @Nullable RoutePool members) {
    if (isStopping) {
      return HttpRefusal.stopping();
    }
    if (!proxies.isOne(visitor.address()) && misdirection.isAt(visitor.serverName(), host)) {
      return HttpRefusal.misdirected(host);
    }
    return members == null ? absent(host) : null;
  }

  /** For a host that nobody has a tunnel for, or no longer. */
  HttpRefusal absent(String host) {
    return routes.find(host) == null && routes.isHeld(host)
        ? HttpRefusal.offline(host)
        : HttpRefusal.noSuchTunnel(host);
  }

  Patience patience() {
    return patience;
  }

  CompressionPlaces compressionPlaces() {
    return compressionPlaces;
  }

  /** Answers each request that comes from now on with the word that the server stops. */
  void stop() {
    isStopping = true;
  }

  boolean isStopping() {
    return isStopping;
  }

  /** Holds a request to the rules; {@code answer} is called once, on its visitor's event loop. */
  void admit(
      Visitor visitor,
      Route route,
      RequestHead head,
      Requester requester,
      Consumer<Verdict> answer) {
    rules.check(
        route.gate(), head.forRules(hostName(route, head), requester), visitor.loop(), answer);
  }

  /** What the visitor asked for; a route may be for many hosts. */
  private String hostName(Route route, RequestHead head) {
    String asked = RouteTable.hostName(head.host());
    return asked == null ? routes.host(route) : asked;
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
