package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Two haproxy processes of one thread each with verified TLS 1.3 between them, a connection per
 * visitor: what good C proxies cost that do not multiplex.
 */
final class HaproxyPair implements Contender {
  private static final String COMMON =
      """
      global
        maxconn 8000
        nbthread 1
        ssl-default-bind-options ssl-min-ver TLSv1.3
        ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256
        ssl-default-server-options ssl-min-ver TLSv1.3
        ssl-default-server-ciphersuites TLS_AES_128_GCM_SHA256
      defaults
        mode tcp
        timeout connect 5s
        timeout client 10m
        timeout server 10m
      """;

  @Override
  public String name() {
    return "haproxy pair";
  }

  @Override
  public Kind kind() {
    return Kind.TCP;
  }

  @Override
  public @Nullable String obstacle() {
    return Programs.missing("haproxy");
  }

  @Override
  public Endpoint start(Tunnel tunnel, int origin, Link link) throws IOException {
    int visitors = Ports.free();
    int between = Ports.free();
    Ground ground = tunnel.ground();
    String far =
        """
        listen far
          bind 127.0.0.1:%d ssl crt %s
          server origin 127.0.0.1:%d
        """
            .formatted(between, ground.certificateAndKey(), origin);
    String near =
        """
        listen near
          bind 127.0.0.1:%d
          server far 127.0.0.1:%d ssl verify required ca-file %s verifyhost localhost sni str(localhost)
        """
            .formatted(visitors, link.to(between), ground.certificate());
    tunnel.server(command(ground, near));
    tunnel.client(command(ground, far));
    return Endpoint.at(visitors);
  }

  private static String[] command(Ground ground, String section) throws IOException {
    Path config = ground.write("haproxy.cfg", COMMON + section);
    return new String[] {Programs.path("haproxy"), "-db", "-f", config.toString()};
  }
}
