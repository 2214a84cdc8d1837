package dev.culvert.bench.race;

import java.util.ArrayList;
import java.util.List;

/** All that a contender is asked for, by name and in this order. */
final class Loads {
  static final String HALF_LOAD = "half load";
  static final String MANY_IDLE = "memory 1000 idle visitors";
  static final String LONG_LINK = "down 1 at 50 ms";
  static final String LINK_CUT = "link cut";

  static final List<String> BULK =
      List.of("down 1", "up 1", "down 8", "up 8", "down 100", "up 100", PingLoad.NAME);
  static final List<String> REQUESTS =
      List.of("keep-alive 64", "new connection each", HALF_LOAD, MANY_IDLE);
  static final List<String> NAMES = names();

  private static final int[] BULK_CONNECTIONS = {1, 8, 100};
  private static final int REQUEST_CONNECTIONS = 64;

  private Loads() {}

  private static List<String> names() {
    List<String> names = new ArrayList<>(BULK);
    names.addAll(REQUESTS);
    names.add(LONG_LINK);
    names.add(LINK_CUT);
    return List.copyOf(names);
  }

  /** Those of {@link #BULK}; pings know nothing of HTTP. */
  static List<Load> bulk(BulkOrigin origin, Contender.Kind kind) {
    List<Load> loads = new ArrayList<>();
    for (int connections : BULK_CONNECTIONS) {
      for (BulkLoad.Direction direction : BulkLoad.Direction.values()) {
        loads.add(new BulkLoad(origin, direction, connections));
      }
    }
    if (kind == Contender.Kind.TCP) {
      loads.add(new PingLoad(origin));
    }
    return loads;
  }

  static Load keepAlive() {
    return RequestLoad.unpaced(REQUESTS.get(0), REQUEST_CONNECTIONS, RequestLoad.Connections.KEPT);
  }

  static Load newConnectionEach() {
    return RequestLoad.unpaced(
        REQUESTS.get(1), REQUEST_CONNECTIONS, RequestLoad.Connections.NEW_EACH);
  }

  static Load halfLoad(double perSecond) {
    return RequestLoad.paced(HALF_LOAD, REQUEST_CONNECTIONS, perSecond);
  }
}
