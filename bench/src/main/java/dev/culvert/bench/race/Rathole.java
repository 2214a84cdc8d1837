package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** rathole, a connection per visitor, over TLS with the certificate verified or over Noise. */
final class Rathole implements Contender {
  /** How the two ends know each other and encrypt. */
  enum Transport {
    TLS,
    NOISE
  }

  private static final Pattern KEYS =
      Pattern.compile("Private Key:\\s+(\\S+)\\s+Public Key:\\s+(\\S+)");

  private final Transport transport;
  private String server = "";
  private String client = "";

  Rathole(Transport transport) {
    this.transport = transport;
  }

  @Override
  public String name() {
    return transport == Transport.TLS ? "rathole tls" : "rathole noise";
  }

  @Override
  public Kind kind() {
    return Kind.TCP;
  }

  @Override
  public @Nullable String obstacle() {
    return Programs.missing("rathole");
  }

  /** Its TLS reads a PKCS #12 file with the older ciphers only. */
  @Override
  public void prepare(Ground ground) throws IOException, InterruptedException {
    if (transport == Transport.NOISE) {
      Matcher keys = KEYS.matcher(ground.run(Programs.path("rathole"), "--genkey"));
      if (!keys.find()) {
        throw new IOException("rathole --genkey printed no keys");
      }
      server = "type = \"noise\"\n[server.transport.noise]\nlocal_private_key = \"%s\"\n";
      client = "type = \"noise\"\n[client.transport.noise]\nremote_public_key = \"%s\"\n";
      server = server.formatted(keys.group(1));
      client = client.formatted(keys.group(2));
      return;
    }
    Path identity = ground.file("identity.pfx");
    ground.run(
        Programs.path("openssl"),
        "pkcs12",
        "-export",
        "-legacy",
        "-keypbe",
        "PBE-SHA1-3DES",
        "-certpbe",
        "PBE-SHA1-3DES",
        "-macalg",
        "sha1",
        "-in",
        ground.certificate().toString(),
        "-inkey",
        ground.key().toString(),
        "-passout",
        "pass:race",
        "-out",
        identity.toString());
    server =
        """
        type = "tls"
        [server.transport.tls]
        pkcs12 = "%s"
        pkcs12_password = "race"
        """
            .formatted(identity);
    client =
        """
        type = "tls"
        [client.transport.tls]
        trusted_root = "%s"
        hostname = "localhost"
        """
            .formatted(ground.certificate());
  }

  @Override
  public Endpoint start(Tunnel tunnel, int origin, Link link)
      throws IOException, InterruptedException {
    int control = Ports.free();
    int visitors = Ports.free();
    Path far =
        tunnel
            .ground()
            .write(
                "rathole-server.toml",
                """
                [server]
                bind_addr = "127.0.0.1:%d"
                default_token = "race"
                [server.services.race]
                bind_addr = "127.0.0.1:%d"
                [server.transport]
                """
                        .formatted(control, visitors)
                    + server);
    tunnel.server(Programs.path("rathole"), "--server", far.toString()).awaitListening(control);
    Path near =
        tunnel
            .ground()
            .write(
                "rathole-client.toml",
                """
                [client]
                remote_addr = "127.0.0.1:%d"
                default_token = "race"
                [client.services.race]
                local_addr = "127.0.0.1:%d"
                [client.transport]
                """
                        .formatted(link.to(control), origin)
                    + client);
    tunnel.client(Programs.path("rathole"), "--client", near.toString());
    return Endpoint.at(visitors);
  }
}
