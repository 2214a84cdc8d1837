package dev.culvert.bench.race;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** chisel: SSH over a WebSocket, the server known by its key's fingerprint. */
final class Chisel implements Contender {
  private static final Map<String, String> LOGIN = Map.of("AUTH", "race:race");

  @Override
  public String name() {
    return "chisel";
  }

  @Override
  public Kind kind() {
    return Kind.TCP;
  }

  @Override
  public @Nullable String obstacle() {
    return Programs.missing("chisel");
  }

  @Override
  public Endpoint start(Tunnel tunnel, int origin, Link link)
      throws IOException, InterruptedException {
    int control = Ports.free();
    int visitors = Ports.free();
    Daemon server =
        tunnel.server(
            LOGIN,
            Programs.path("chisel"),
            "server",
            "--reverse",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(control));
    String fingerprint = server.await("Fingerprint (\\S+)");
    server.awaitListening(control);
    tunnel.client(
        LOGIN,
        Programs.path("chisel"),
        "client",
        "--fingerprint",
        fingerprint,
        "http://127.0.0.1:" + link.to(control),
        "R:127.0.0.1:" + visitors + ":127.0.0.1:" + origin);
    return Endpoint.at(visitors);
  }
}
