package dev.culvert.bench.race;

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
  public @Nullable String obstacle() {
    return null;
  }

  @Override
  public Endpoint start(Tunnel tunnel, int origin, Link link) {
    return Endpoint.at(origin);
  }
}
