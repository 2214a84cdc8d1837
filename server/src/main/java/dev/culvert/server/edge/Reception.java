package dev.culvert.server.edge;

import dev.culvert.server.route.Route;
import dev.culvert.server.route.RouteTable;
import org.jspecify.annotations.Nullable;

/**
 * Where every request of every visitor comes in, once it has been read: finds its route, and makes
 * its {@link Exchange}. Any thread.
 */
final class Reception {
  private final RouteTable routes;
  private final UpstreamPool pool = new UpstreamPool();

  Reception(RouteTable routes) {
    this.routes = routes;
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
    return new Exchange(visitor, pool, route, head);
  }

  /** Lets go of connections that have waited for a request long enough. Twice a second. */
  void sweep() {
    pool.sweep();
  }
}
