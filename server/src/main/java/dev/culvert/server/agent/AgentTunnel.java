package dev.culvert.server.agent;

import dev.culvert.mux.netty.RelayLeg;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.Route;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One tunnel of an {@link Agent}: its route, and the streams that are open behind it. Any thread.
 */
final class AgentTunnel {
  private final Route route;
  private final boolean isProven;
  private final Set<StreamChannel> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean isCut;

  /** {@code isProven}: its host name was shown to be the client's. */
  AgentTunnel(Route route, boolean isProven) {
    this.route = route;
    this.isProven = isProven;
  }

  boolean isAllowedBy(Permissions permissions) {
    return permissions.allow(route, isProven);
  }

  Route route() {
    return route;
  }

  /** Takes a stream under its wing until that is closed. */
  void add(StreamChannel stream) {
    streams.add(stream);
    stream.closeFuture().addListener(done -> streams.remove(stream));
    if (isCut) {
      cut(stream);
    }
  }

  /** Cuts every stream that is open, and every one that is just being opened. */
  void cut() {
    isCut = true;
    streams.forEach(AgentTunnel::cut);
  }

  /** Cuts so many of the streams that are open, or all; how many they were. */
  int cut(int count) {
    int done = 0;
    for (StreamChannel stream : streams) {
      if (done == count) {
        break;
      }
      cut(stream);
      done++;
    }
    return done;
  }

  private static void cut(StreamChannel stream) {
    stream.eventLoop().execute(() -> RelayLeg.abort(stream));
  }
}
