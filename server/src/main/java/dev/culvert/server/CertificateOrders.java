package dev.culvert.server;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.server.StartException.Fault;
import dev.culvert.server.acme.AcmeSettings;
import dev.culvert.server.acme.AutomaticCertificates;
import dev.culvert.server.acme.ChallengeKind;
import dev.culvert.server.acme.OwnNames;
import dev.culvert.server.route.RouteTable;
import dev.culvert.tls.ClientHello;
import dev.culvert.tls.ClientHelloDispatch.Destination;
import dev.culvert.tls.KeyAndChain;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins automatic certificates to routes, listeners and keys: a certificate is ordered when a
 * tunnel is opened, or when a visitor asks for one that was open before. Any thread.
 */
final class CertificateOrders implements AutoCloseable {
  private final AutomaticCertificates certificates;

  private CertificateOrders(AutomaticCertificates certificates) {
    this.certificates = certificates;
  }

  /** Null where the configuration wants none: then no class for them is loaded. */
  static @Nullable CertificateOrders open(ServerConfig config, ServerKeys keys, RouteTable routes)
      throws IOException {
    AcmeSettings settings = config.acme();
    if (settings == null) {
      return null;
    }
    List<ChallengeKind> kinds = new ArrayList<>();
    if (config.httpsAddress() != null) {
      kinds.add(ChallengeKind.TLS_ALPN);
    }
    if (config.httpAddress() != null) {
      kinds.add(ChallengeKind.HTTP);
    }
    if (kinds.isEmpty() && settings.dnsHook() == null) {
      throw new StartException(
          Fault.CONFIGURATION,
          "an authority can reach this server neither over HTTP nor over HTTPS",
          "Leave --http or --https on, or give --acme-dns-hook.",
          null);
    }
    AutomaticCertificates certificates;
    try {
      certificates =
          AutomaticCertificates.open(
              settings,
              new OwnNames(config.domain(), routes::hasHost),
              config.stateDirectory(),
              keys.issued(),
              kinds,
              issued -> keep(issued, keys),
              Clock.systemUTC());
    } catch (IOException e) {
      throw StartException.ofKeyFile(e, "Check the files for --acme.");
    }
    routes.onOpened(route -> {
      if (route.kind() == TunnelKind.HTTP) {
        certificates.want(routes.host(route));
      }
    });
    return new CertificateOrders(certificates);
  }

  private static void keep(KeyAndChain issued, ServerKeys keys) throws IOException {
    keys.issuedCertificates().write(issued);
    keys.store().adopt(issued);
  }

  void start() {
    certificates.start();
  }

  /** Where an authority's connection goes; null for a visitor's. */
  @Nullable Destination challenge(ClientHello hello) {
    Destination challenge = certificates.challenge(hello);
    if (challenge == null && hello.serverName() != null) {
      certificates.want(hello.serverName());
    }
    return challenge;
  }

  /** What answers an authority on a visitor's connection, behind its HTTP codec. */
  ChannelHandler newResponder() {
    return certificates.newResponder();
  }

  @Override
  public void close() {
    certificates.close();
  }
}
