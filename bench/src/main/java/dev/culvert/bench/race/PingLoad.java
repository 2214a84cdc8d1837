package dev.culvert.bench.race;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * 64 bytes there and back on one connection, beside four downloads. The same goes on past the
 * tunnel, straight to the origin: so much of the time is not the tunnel's but that of the load, the
 * origin and a busy machine.
 */
final class PingLoad implements Load {
  static final String NAME = "ping beside down 4";

  private final BulkOrigin origin;
  private final Load bulk;

  PingLoad(BulkOrigin origin) {
    this.origin = origin;
    bulk = new BulkLoad(origin, BulkLoad.Direction.DOWN, 4);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Unit unit() {
    return Unit.ROUND_TRIP;
  }

  @Override
  public Run start(Endpoint endpoint) throws IOException {
    Pings through = Pings.connect(endpoint.port());
    try {
      Pings past = Pings.connect(origin.port());
      try {
        Beside run = new Beside(bulk.start(endpoint), through, past);
        through.begin();
        past.begin();
        return run;
      } catch (IOException e) {
        past.close();
        throw e;
      }
    } catch (IOException e) {
      through.close();
      throw e;
    }
  }

  private record Beside(Run bulk, Pings through, Pings past) implements Run {
    @Override
    public long done() {
      return through.times().count();
    }

    @Override
    public void beginTimes() {
      through.times().clear();
      past.times().clear();
    }

    @Override
    public long[] times() {
      return through.times().all();
    }

    @Override
    public long[] timesPastTunnel() {
      return past.times().all();
    }

    @Override
    public @Nullable String failure() {
      return through.failure() != null ? through.failure() : bulk.failure();
    }

    @Override
    public void close() throws IOException {
      through.close();
      past.close();
      bulk.close();
    }
  }
}
