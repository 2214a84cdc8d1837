package dev.culvert.server.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a visitor's first request for a host would go to. */
public final class FoundRoute {
  private FoundRoute() {}

  /** For the root of {@code host}; null where nothing is. */
  public static @Nullable Route of(RouteTable table, String host) {
    HostRoutes routes = table.find(host);
    RoutePool pool = routes == null ? null : routes.at("/");
    return pool == null ? null : of(pool);
  }

  /** Null where {@code pool} has just been closed. */
  public static @Nullable Route of(RoutePool pool) {
    RoutePool.Member member = pool.take(List.of(), System.nanoTime());
    if (member == null) {
      return null;
    }
    member.release();
    return member.route();
  }
}
