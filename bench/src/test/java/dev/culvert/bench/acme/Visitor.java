package dev.culvert.bench.acme;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;

/** Comes over HTTPS to the server whose names {@code pebble} checks. */
record Visitor(Pebble pebble) {
  private static final int TIMEOUT_MILLIS = 20_000;

  /** What one is presented with who trusts the authority and checks the host's name. */
  X509Certificate verified(String host) throws Exception {
    return presented(host, pebble.visitorTrust(), "HTTPS");
  }

  /** What one is presented with who takes anything. */
  X509Certificate presented(String host) throws Exception {
    SSLContext anything = SSLContext.getInstance("TLS");
    anything.init(null, new X509TrustManager[] {new Anyone()}, null);
    return presented(host, anything, "");
  }

  private X509Certificate presented(String host, SSLContext trust, String check) throws Exception {
    SSLSocketFactory factory = trust.getSocketFactory();
    Socket plain = new Socket(pebble.address(), pebble.https().getPort());
    plain.setSoTimeout(TIMEOUT_MILLIS);
    try (SSLSocket socket =
        (SSLSocket) factory.createSocket(plain, host, pebble.https().getPort(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      parameters.setEndpointIdentificationAlgorithm(check);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
