package dev.culvert.client;

import dev.culvert.mux.control.Secret;
import dev.culvert.tls.Trust;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * What a client is started with.
 *
 * @param host the server's name or address
 * @param port its tunnel port
 * @param trust how the server is known to be the right one
 * @param token proves to the server who we are
 * @param instance a secret of 32 hex digits; the same one gets the same names again
 * @param tunnels at least one
 */
public record ClientConfig(
    String host, int port, Trust trust, Secret token, Secret instance, List<TunnelSpec> tunnels) {

  public ClientConfig {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    if (!instance.reveal().matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("instance: (expected: 32 hex digits)");
    }
    if (tunnels.isEmpty()) {
      throw new IllegalArgumentException("tunnels: none (expected: at least one)");
    }
    tunnels = List.copyOf(tunnels);
  }

  /** A new secret for {@link #instance}. */
  public static Secret newInstance() {
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    return new Secret(HexFormat.of().formatHex(secret));
  }

  @Override
  public String toString() {
    return "ClientConfig[" + host + ":" + port + ", " + tunnels + "]"; // no secrets
  }
}
