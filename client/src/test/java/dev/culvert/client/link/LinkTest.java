package dev.culvert.client.link;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.socket.Dialer;
import dev.culvert.mux.socket.Transport;
import dev.culvert.tls.ClientTls;
import dev.culvert.tls.TlsProvider;
import dev.culvert.tls.Trust;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the owner hears where no tunnel server answers. */
final class LinkTest {
  private static final long SECONDS_AT_MOST = 20;
  private static final Hello HELLO =
      new Hello(
          1,
          new Secret("token"),
          new Secret("0123456789abcdef0123456789abcdef"),
          null,
          4096,
          "culvert");

  private final Transport transport = Transport.preferred();
  private final EventLoopGroup group = transport.newEventLoopGroup(1, "link");
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final RecordingOwner owner = new RecordingOwner();
  private final ClientTls tls =
      ClientTls.tunnel(
          Trust.pinned("sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
          TlsProvider.preferred());

  LinkTest() throws IOException {}

  @BeforeEach
  void connect() {
    connect(owner);
  }

  private void connect(LinkOwner owner) {
    Link.connect(
        group.next(),
        transport,
        new Dialer(transport, Duration.ofSeconds(SECONDS_AT_MOST)),
        new Link.Server("localhost", listener.getLocalPort(), tls),
        HELLO,
        new ChannelInboundHandlerAdapter(),
        owner);
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
    group.shutdownGracefully(50, SECONDS_AT_MOST * 1000, MILLISECONDS).syncUninterruptibly();
    tls.close();
  }

  @Test
  void serverThatHangsUpBeforeItAnswersIsUnreachable() throws Exception {
    try (Socket accepted = listener.accept()) {
      accepted.getInputStream().readNBytes(5);
    }

    assertThat(owner.down.get(SECONDS_AT_MOST, SECONDS))
        .isInstanceOf(LinkEnd.Unreachable.class)
        .returns(server() + " closed the connection", LinkEnd::reason);
  }

  @Test
  void serverThatEndsItsOutputBeforeItAnswersIsUnreachable() throws Exception {
    try (Socket accepted = listener.accept()) {
      accepted.shutdownOutput();

      assertThat(owner.down.get(SECONDS_AT_MOST, SECONDS))
          .isInstanceOf(LinkEnd.Unreachable.class)
          .returns(server() + " closed the connection", LinkEnd::reason);
    }
  }

  @Test
  void serverOfAnotherProtocolIsNamedAsSuch() throws Exception {
    try (Socket accepted = listener.accept()) {
      accepted.getOutputStream().write("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(owner.down.get(SECONDS_AT_MOST, SECONDS))
          .isEqualTo(new LinkEnd.Unreachable(server() + " does not speak TLS"));
    }
  }

  @Test
  void addressWhereNobodyListensIsNamed() throws Exception {
    listener.close();
    RecordingOwner another = new RecordingOwner();

    connect(another);

    assertThat(another.down.get(SECONDS_AT_MOST, SECONDS))
        .isEqualTo(new LinkEnd.Unreachable(server() + " refused the connection"));
  }

  private String server() {
    return "localhost:" + listener.getLocalPort();
  }
}
