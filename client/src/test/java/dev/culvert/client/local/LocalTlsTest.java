package dev.culvert.client.local;

import static dev.culvert.client.local.Streams.SECONDS_AT_MOST;
import static dev.culvert.client.local.Streams.TUNNEL;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.client.local.LocalTarget.Scheme;
import dev.culvert.client.local.OpenStream.Answer;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.KeyAndChain;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalTlsTest {
  private static final String GET = "GET /a HTTP/1.1\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Test
  void serviceUnderTlsIsReachedWhateverItsCertificateSays(@TempDir Path directory)
      throws Exception {
    ServerSocket listener = tlsListener(directory, "another.name.example");
    try (LocalService service = new LocalService(listener, "\r\n\r\n", OK);
        Streams streams = new Streams(service.target(Scheme.HTTPS))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.HTTP, TUNNEL, GET));

      assertThat(stream.answer()).isEqualTo(new Answer(StreamStatus.CONNECTED, OK));
      assertThat(streams.log.poll(SECONDS_AT_MOST, SECONDS))
          .isNotNull()
          .returns("/a", RequestRecord::target)
          .returns(200, RequestRecord::status);
    }
  }

  @Test
  void serviceWithoutTlsIsARefusalAndNoConnection() throws Exception {
    try (LocalService service = new LocalService("", "HTTP/1.1 400 Bad Request\r\n\r\n");
        Streams streams = new Streams(service.target(Scheme.HTTPS))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.HTTP, TUNNEL, GET));

      StreamStatus status = stream.answer().status();
      assertThat(status.code()).isEqualTo(StreamStatus.Code.UNREACHABLE);
      assertThat(status.text()).endsWith(" does not take part in TLS");
      assertThat(streams.log.poll(SECONDS_AT_MOST, SECONDS))
          .isNotNull()
          .returns(502, RequestRecord::status);
    }
  }

  @Test
  void serviceThatHangsUpOnTheHandshakeIsARefusal() throws Exception {
    try (LocalService service = new LocalService("\u0016", "");
        Streams streams = new Streams(service.target(Scheme.HTTPS))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.HTTP, TUNNEL, GET));

      assertThat(stream.answer().status().code()).isEqualTo(StreamStatus.Code.UNREACHABLE);
    }
  }

  @Test
  void serviceThatDoesNotChooseHttp2IsARefusal(@TempDir Path directory) throws Exception {
    ServerSocket listener = tlsListener(directory, "localhost");
    try (LocalService service = new LocalService(listener, "\r\n\r\n", OK);
        Streams streams = new Streams(service.target(Scheme.H2))) {
      OpenStream stream = streams.open();

      stream.channel().writeAndFlush(Streams.preamble(TunnelKind.HTTP, TUNNEL, GET));

      StreamStatus status = stream.answer().status();
      assertThat(status.code()).isEqualTo(StreamStatus.Code.UNREACHABLE);
      assertThat(status.text()).endsWith(" does not speak HTTP/2 in its TLS");
    }
  }

  private static ServerSocket tlsListener(Path directory, String name) throws Exception {
    KeyAndChain identity = DevAuthority.loadOrCreate(directory).issue(List.of(name));
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry(
        "key", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }
}
