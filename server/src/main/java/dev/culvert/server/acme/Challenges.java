package dev.culvert.server.acme;

import dev.culvert.tls.AlpnChallenge;
import dev.culvert.tls.ServerTls;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What an authority is answered on our listeners while it checks that a name is ours. Any thread.
 */
final class Challenges {
  private final ConcurrentMap<String, String> authorizations = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, ServerTls> certificates = new ConcurrentHashMap<>();

  void answerHttp(String token, String authorization) {
    authorizations.put(token, authorization);
  }

  /** The answer to an HTTP-01 challenge; null for a token that is not ours. */
  @Nullable String http(String token) {
    return authorizations.get(token);
  }

  void forgetHttp(String token) {
    authorizations.remove(token);
  }

  void answerTls(String host, byte[] digest) throws SSLException {
    close(certificates.put(host, AlpnChallenge.tls(host, digest)));
  }

  /** The answer to a TLS-ALPN-01 challenge; null for a name that nobody should ask for. */
  @Nullable ServerTls tls(String host) {
    return certificates.get(host);
  }

  void forgetTls(String host) {
    close(certificates.remove(host));
  }

  private static void close(@Nullable ServerTls tls) {
    if (tls != null) {
      tls.close();
    }
  }
}
