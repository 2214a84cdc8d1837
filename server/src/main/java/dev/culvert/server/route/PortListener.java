package dev.culvert.server.route;

import io.netty.util.concurrent.Future;

/** Listens on the public ports of TCP tunnels. Implemented by the edge, used by the agents. */
public interface PortListener {
  /** Accepts visitors for {@code route} on its port, from the returned future's success on. */
  Future<Void> listen(Route route);

  /** Stops accepting for {@code route}; visitors that are connected stay. */
  void stop(Route route);
}
