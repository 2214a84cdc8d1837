package dev.culvert.server.edge;

import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import dev.culvert.server.rules.RuleBook;
import dev.culvert.server.rules.Verdict;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where every request of every visitor comes in, once it has been read: finds its route, and makes
 * its {@link Exchange}. Any thread.
 */
final class Reception {
  private final RouteTable routes;
  private final RuleBook rules;
  private final UpstreamPool pool = new UpstreamPool();

  Reception(RouteTable routes, RuleBook rules) {
    this.routes = routes;
    this.rules = rules;
  }

  /**
   * Takes a request, on its visitor's event loop.
   *
   * @return to be started; null where the visitor has been answered already
   */
  @Nullable Exchange receive(Visitor visitor, RequestHead head) {
    Route route = routes.findHost(head.host());
    if (route == null) {
      visitor.answer(HttpRefusal.noSuchTunnel(head.host()));
      return null;
    }
    return new Exchange(visitor, this, pool, route, head);
  }

  /** Holds a request to the rules; {@code answer} is called once, on its visitor's event loop. */
  void admit(Visitor visitor, Route route, RequestHead head, Consumer<Verdict> answer) {
    rules.check(
        route.gate(), head.forRules(routes.host(route), visitor.address()), visitor.loop(), answer);
  }

  /** Lets go of connections that have waited for a request long enough. Twice a second. */
  void sweep() {
    pool.sweep();
  }
}
