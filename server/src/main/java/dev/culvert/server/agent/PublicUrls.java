package dev.culvert.server.agent;

import dev.culvert.server.route.Route;
import java.util.List;

/** Where visitors reach a route, the best URL first. */
@FunctionalInterface
public interface PublicUrls {
  List<String> of(Route route);
}
