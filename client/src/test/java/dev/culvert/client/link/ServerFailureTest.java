package dev.culvert.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerFailureTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "finishConnect(..) failed with error(-111): Connection refused: h/10.0.0.1:7"
            + "|refused the connection",
        "recvAddress(..) failed with error(-104): Connection reset by peer|reset the connection",
        "connection timed out after 10000 ms: h/10.0.0.1:7|did not answer in time",
        "Connection closed while SSL/TLS handshake was in progress|closed the connection",
        "finishConnect(..) failed with error(-113): No route to host: h/10.0.0.1:7"
            + "|cannot be reached: No route to host",
        "the host h is not known|cannot be reached: the host h is not known",
      })
  void whatTheServerDidIsPlainEnglish(String message, String told) {
    assertThat(ServerFailure.of(new ConnectException(message))).isEqualTo(told);
  }

  @Test
  void tlsFailuresShowNoBytes() {
    assertThat(
            ServerFailure.of(
                new DecoderException(new NotSslRecordException("not an SSL/TLS record: 5353482d"))))
        .isEqualTo("does not speak TLS");
    assertThat(ServerFailure.of(new SSLHandshakeException("error:1000042e:SSL routines:x")))
        .isEqualTo("and this client do not agree on TLS 1.3");
    assertThat(ServerFailure.of(new IOException())).isEqualTo("cannot be reached: unknown reason");
  }

  @Test
  void lostConnectionIsToldWithoutTheSystemCall() {
    assertThat(
            ServerFailure.text("recvAddress(..) failed with error(-104): Connection reset by peer"))
        .isEqualTo("the connection was reset");
  }

  @Test
  void distrustIsToldWithoutNamesOfClasses() {
    assertThat(ServerFailure.distrust(new IOException("reset"))).isNull();
    assertThat(
            distrust(
                new CertificateException(
                    "PKIX path building failed: sun.security.provider.certpath.X: no path")))
        .isEqualTo("its certificate is from no authority that is trusted here");
    assertThat(
            distrust(
                new CertificateException(
                    "No subject alternative names matching IP address 127.0.0.1 found")))
        .isEqualTo("its certificate is for another name");
    assertThat(
            distrust(
                new CertificateException(
                    "PKIX path validation failed",
                    new CertPathValidatorException(new CertificateExpiredException("NotAfter")))))
        .isEqualTo("its certificate has expired");
    assertThat(distrust(new CertificateNotYetValidException("NotBefore")))
        .isEqualTo("its certificate is not valid yet, by this machine's clock");
  }

  private static String distrust(CertificateException cause) {
    SSLHandshakeException failure = new SSLHandshakeException("handshake");
    failure.initCause(cause);
    return String.valueOf(ServerFailure.distrust(failure));
  }
}
