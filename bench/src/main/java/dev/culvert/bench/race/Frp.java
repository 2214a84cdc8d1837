package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** frp with TLS, the server's certificate verified, and its TCP multiplexing. */
final class Frp implements Contender {
  private static final String HOST = "race.localhost";

  private final Kind kind;

  Frp(Kind kind) {
    this.kind = kind;
  }

  @Override
  public String name() {
    return kind == Kind.TCP ? "frp tcp" : "frp http";
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public @Nullable String obstacle() {
    return Programs.missing("frps", "frpc");
  }

  @Override
  public Endpoint start(Tunnel tunnel, int origin, Link link)
      throws IOException, InterruptedException {
    int control = Ports.free();
    int visitors = Ports.free();
    Ground ground = tunnel.ground();
    String server =
        """
        bindAddr = "127.0.0.1"
        bindPort = %d
        proxyBindAddr = "127.0.0.1"
        auth.token = "race"
        log.level = "warn"
        transport.tcpMux = true
        transport.tls.force = true
        transport.tls.certFile = "%s"
        transport.tls.keyFile = "%s"
        """
            .formatted(control, ground.certificate(), ground.key());
    if (kind == Kind.HTTP) {
      server += "vhostHTTPPort = " + visitors + "\n";
    }
    run(tunnel, "frps", server).awaitListening(control);
    String client =
        """
        serverAddr = "127.0.0.1"
        serverPort = %d
        auth.token = "race"
        log.level = "warn"
        transport.tcpMux = true
        transport.tls.enable = true
        transport.tls.trustedCaFile = "%s"
        transport.tls.serverName = "localhost"
        [[proxies]]
        name = "race"
        localIP = "127.0.0.1"
        localPort = %d
        """
            .formatted(link.to(control), ground.certificate(), origin);
    if (kind == Kind.TCP) {
      run(tunnel, "frpc", client + "type = \"tcp\"\nremotePort = " + visitors + "\n");
      return Endpoint.at(visitors);
    }
    run(tunnel, "frpc", client + "type = \"http\"\ncustomDomains = [\"" + HOST + "\"]\n");
    return new Endpoint(visitors, HOST);
  }

  private static Daemon run(Tunnel tunnel, String program, String text) throws IOException {
    Path config = tunnel.ground().write(program + ".toml", text);
    String[] command = {Programs.path(program), "-c", config.toString()};
    return program.equals("frps") ? tunnel.server(command) : tunnel.client(command);
  }
}
