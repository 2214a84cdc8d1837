package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.client.link.Link;
import dev.culvert.client.link.LinkEnd;
import dev.culvert.client.link.LinkOwner;
import dev.culvert.mux.control.ClientMessage;
import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.ControlProtocol;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.socket.Dialer;
import dev.culvert.mux.socket.Transport;
import dev.culvert.server.ServerConfig;
import dev.culvert.tls.ClientTls;
import dev.culvert.tls.TlsProvider;
import dev.culvert.tls.Trust;
import dev.culvert.tls.TunnelProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Clients that come and go a thousand times leave a server as they found it. */
@Timeout(180)
@EnabledOnOs(OS.LINUX) // which gives a client any address of 127.0.0.0/8
@ExtendWith(LeakCheck.class)
final class ReconnectCyclesTest {
  private static final int WARM_UP = 200;
  private static final int CYCLES = 1000;

  /** Far less than a thousand of anything that a connection has. */
  private static final long MAX_GROWTH_BYTES = 2 << 20;

  /** Netty's global executor and the verifier's two come and go with work, and not per client. */
  private static final int IDLE_THREADS = 3;

  private static final int PATIENCE_SECONDS = 20;

  private final Transport transport = Transport.preferred();
  private final EventLoopGroup loops = transport.newEventLoopGroup(1, "cycles");
  private final EventLoop loop = loops.next();
  private final Dialer dialer = new Dialer(transport, Duration.ofSeconds(PATIENCE_SECONDS));
  @TempDir private Path state;
  private Tunnel tunnel;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(ServerConfig.local(state).withHttps(Tunnel.ANY_PORT).withThreads(2));
  }

  @AfterEach
  void stop() {
    tunnel.close();
    loops.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** What there is when everybody has gone. */
  private Footprint footprint() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (whatIsLeft() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(whatIsLeft()).isZero();
    return Footprint.take();
  }

  private int whatIsLeft() {
    return tunnel.server().clients() + tunnel.server().handshakes() + tunnel.server().routes();
  }

  private void assertFlat(Footprint before) {
    Footprint after = footprint();
    // A file of the state may just be written, and a socket be closed by another thread.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (after.files() > before.files() && System.nanoTime() < deadline) {
      after = footprint();
    }

    assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + IDLE_THREADS);
    assertThat(after.files()).isLessThanOrEqualTo(before.files());
    assertThat(after.heapBytes()).isLessThan(before.heapBytes() + MAX_GROWTH_BYTES);
    assertThat(after.directBytes()).isLessThan(before.directBytes() + MAX_GROWTH_BYTES);
  }

  @Test
  void aClientThatIsLetInLeavesNothingBehind() throws Exception {
    Secret token = tunnel.newToken();
    try (ClientTls tls =
        ClientTls.tunnel(Trust.pinned(tunnel.server().pin()), TlsProvider.preferred())) {
      comeAndGo(WARM_UP, token, tls);
      Footprint before = footprint();

      comeAndGo(CYCLES, token, tls);

      assertFlat(before);
    }
  }

  /** Every other time the client vanishes without a word, and its next connection takes over. */
  private void comeAndGo(int times, Secret token, ClientTls tls) throws Exception {
    InetSocketAddress address = tunnel.server().tunnelAddress();
    Hello hello = hello(token);
    for (int i = 0; i < times; i++) {
      OneLink owner = new OneLink();
      Link link =
          Link.connect(
              loop,
              transport,
              dialer,
              new Link.Server("127.0.0.1", address.getPort(), tls),
              hello,
              new NoStreams(),
              owner);
      assertThat(owner.events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ServerMessage.TunnelOpened.class);
      assertThat(owner.events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ServerMessage.TunnelOpened.class);
      if (i % 2 == 0 || i == times - 1) {
        Future<Future<?>> closing = loop.submit(() -> link.close(loop));
        assertThat(closing.get(PATIENCE_SECONDS, TimeUnit.SECONDS).await(PATIENCE_SECONDS * 1000L))
            .isTrue();
      }
    }
  }

  @Test
  void aClientThatIsRefusedLeavesNothingBehind() throws Exception {
    comeInVain(WARM_UP, 1);
    Footprint before = footprint();

    comeInVain(CYCLES, 2);

    assertFlat(before);
  }

  /** Each time from another address, where it is the first failure and is not made to wait. */
  private void comeInVain(int times, int network) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLSv1.3");
    tls.init(null, new TrustManager[] {new AnyServer()}, null);
    byte[] hello = bytes(ControlCodec.encode(hello(new Secret("no.such.token"))));
    for (int i = 0; i < times; i++) {
      String from = "127." + network + "." + i / 200 + "." + (1 + i % 200);
      try (Socket socket =
              new Socket(
                  tunnel.server().tunnelAddress().getAddress(),
                  tunnel.server().tunnelAddress().getPort(),
                  InetAddress.getByName(from),
                  0);
          SSLSocket client =
              (SSLSocket) tls.getSocketFactory().createSocket(socket, "127.0.0.1", 1, true)) {
        client.setTcpNoDelay(true);
        client.setSoTimeout(PATIENCE_SECONDS * 1000);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {TunnelProtocol.ALPN});
        client.setSSLParameters(parameters);
        client.getOutputStream().write(hello);
        byte[] answer = client.getInputStream().readAllBytes();
        assertThat(ControlCodec.readHelloAnswer(Unpooled.wrappedBuffer(answer)))
            .isInstanceOfSatisfying(
                HelloAnswer.Refusal.class,
                refusal -> assertThat(refusal.code()).isEqualTo(EndCode.UNAUTHORIZED));
      }
    }
  }

  private static Hello hello(Secret token) {
    return new Hello(
        ControlProtocol.VERSION, token, new Secret("a".repeat(32)), null, 16, "cycles");
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes).release();
    return bytes;
  }

  /** Asks for two tunnels, and keeps what it hears. */
  private static final class OneLink implements LinkOwner {
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    @Override
    public void onUp(Link link, HelloAnswer.Welcome welcome) {
      link.send(new ClientMessage.OpenTunnel(1, TunnelKind.HTTP, "web", null, 0));
      link.send(new ClientMessage.OpenTunnel(2, TunnelKind.TCP, "tcp", null, 0));
    }

    @Override
    public void onMessage(ServerMessage message) {
      events.add(message);
    }

    @Override
    public void onDown(LinkEnd end) {
      events.add(end);
    }
  }

  @Sharable
  private static final class NoStreams extends ChannelInboundHandlerAdapter {}
}
