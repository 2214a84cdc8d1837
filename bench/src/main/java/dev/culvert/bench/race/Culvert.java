package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ours: the packaged programs with their defaults; TLS 1.3, the server known by its pin. */
final class Culvert implements Contender {
  private final Path server;
  private final Path client;
  private final Kind kind;
  private String token = "";
  private String pin = "";

  /** The programs are in the modules' {@code target} below {@code project}. */
  Culvert(Path project, Kind kind) {
    server = project.resolve("server/target/culvertd/bin/culvertd");
    client = project.resolve("client/target/culvert/bin/culvert");
    this.kind = kind;
  }

  @Override
  public String name() {
    return kind == Kind.TCP ? "culvert tcp" : "culvert http";
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public boolean warmsUpSlowly() {
    return true;
  }

  @Override
  public @Nullable String obstacle() {
    return Files.isExecutable(server) && Files.isExecutable(client) ? null : "not packaged";
  }

  /** The first start makes the identity and the token. */
  @Override
  public void prepare(Ground ground) throws IOException, InterruptedException {
    try (Daemon first = serve(ground, Ports.free(), Ports.free(), Ports.free())) {
      token = first.await("CULVERT_AUTHTOKEN=(\\S+)");
      pin = first.await("--pin (sha256/\\S+)");
    }
  }

  @Override
  public Endpoint start(Tunnel tunnel, int origin, Link link)
      throws IOException, InterruptedException {
    int agents = Ports.free();
    int http = Ports.free();
    int tcp = Ports.free();
    tunnel
        .server(environment(tunnel.ground()), serving(tunnel.ground(), agents, http, tcp))
        .awaitListening(agents);
    String target = "127.0.0.1:" + origin;
    String at = "localhost:" + link.to(agents);
    if (kind == Kind.TCP) {
      connect(tunnel, "tcp", target, "--remote-port", Integer.toString(tcp), "--server", at);
      return Endpoint.at(tcp);
    }
    String name = "race-" + http; // the server keeps an older one for the target that had it
    connect(tunnel, "http", target, "--name", name, "--server", at);
    return new Endpoint(http, name + ".localhost");
  }

  /** And waits for its URL. */
  private void connect(
      Tunnel tunnel, String command, String target, String option, String value, String... at)
      throws IOException, InterruptedException {
    Daemon daemon =
        tunnel.client(
            environment(tunnel.ground()),
            client.toString(),
            command,
            target,
            option,
            value,
            at[0],
            at[1],
            "--pin",
            pin);
    daemon.await("Forwarding (\\S+)");
    tunnel.noteUrl();
  }

  private Daemon serve(Ground ground, int agents, int http, int tcp) throws IOException {
    return ground.start(environment(ground), serving(ground, agents, http, tcp));
  }

  private String[] serving(Ground ground, int agents, int http, int tcp) {
    return new String[] {
      server.toString(),
      "serve",
      "--state",
      ground.file("state-" + kind).toString(),
      "--tunnel",
      "127.0.0.1:" + agents,
      "--http",
      "127.0.0.1:" + http,
      "--https",
      "off",
      "--tcp-ports",
      tcp + "-" + tcp
    };
  }

  private Map<String, String> environment(Ground ground) {
    return Map.of(
        "CULVERT_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "CULVERT_AUTHTOKEN", token,
        "XDG_CONFIG_HOME", ground.file("config").toString(),
        "XDG_STATE_HOME", ground.file("state").toString());
  }
}
