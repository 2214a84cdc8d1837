package dev.culvert.bench.race;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No tunnel: what the origin and the load can do by themselves. */
final class Direct implements Contender {
  @Override
  public String name() {
    return "direct";
  }

  @Override
  public Kind kind() {
    return Kind.TCP;
  }

  @Override
  public boolean reconnects() {
    return false;
  }

  @Override
  public @Nullable String obstacle() {
    return null;
  }

  @Override
  public Endpoint start(Tunnel tunnel, int origin, Link link) throws IOException {
    return Endpoint.at(link.to(origin));
  }
}
