package dev.culvert.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** The code that does TLS. Printed to people by {@link #toString}. */
public enum TlsProvider {
  /** Native, with post-quantum key exchange. */
  BORINGSSL("BoringSSL", SslProvider.OPENSSL_REFCNT),

  /** Runs wherever Java runs. Its key exchange is what the running JDK offers. */
  JDK("JDK", SslProvider.JDK);

  private final String printed;
  private final SslProvider netty;

  TlsProvider(String printed, SslProvider netty) {
    this.printed = printed;
    this.netty = netty;
  }

  /** BoringSSL where its native library loads, else the JDK's. Any thread. */
  public static TlsProvider preferred() {
    return OpenSsl.isAvailable() ? BORINGSSL : JDK;
  }

  SslProvider netty() {
    return netty;
  }

  @Override
  public String toString() {
    return printed;
  }
}
