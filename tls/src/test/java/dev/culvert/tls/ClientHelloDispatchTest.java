package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloDispatchTest {
  @TempDir Path directory;
  private final CompletableFuture<ClientHello> hello = new CompletableFuture<>();
  private final BlockingQueue<String> pipelines = new LinkedBlockingQueue<>();
  private final Loopback loopback = new Loopback();
  private Identity identity;
  private DevAuthority authority;
  private ServerTls tunnel;
  private ServerTls https;

  @BeforeEach
  void createServer() throws Exception {
    identity = Identity.loadOrCreate(directory);
    authority = DevAuthority.loadOrCreate(directory);
    KeyAndChain issued = authority.issue(List.of("a.example.test"));
    tunnel = ServerTls.tunnel(identity);
    https = ServerTls.https(issued);
  }

  @AfterEach
  void closeServer() {
    tunnel.close();
    https.close();
    loopback.close();
  }

  @ParameterizedTest
  @EnumSource
  void tunnelClientGetsTheTunnelAndHidesTheName(TlsProvider provider) throws Exception {
    try (ClientTls client = ClientTls.tunnel(Trust.pinned(identity.pin()), provider)) {
      SslHandler handler = dispatch(alloc -> client.newHandler(alloc, "a.example.test", 443));

      assertThat(TunnelProtocol.isNegotiated(handler)).isTrue();
      assertThat(pipelines).containsExactly("tunnel");
      assertThat(hello.join()).isEqualTo(new ClientHello(null, List.of("culvert/1")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void clientThatTrustsAnAuthorityNamesTheServer(TlsProvider provider) throws Exception {
    tunnel.close();
    tunnel = ServerTls.tunnel(authority.issue(List.of("a.example.test")));
    Trust trust = new Trust.AuthorityFile(authority.certificateFile());
    try (ClientTls client = ClientTls.tunnel(trust, provider)) {
      dispatch(alloc -> client.newHandler(alloc, "a.example.test", 443));

      assertThat(hello.join()).isEqualTo(new ClientHello("a.example.test", List.of("culvert/1")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http/1.1", "h2,http/1.1", "culvert/1,http/1.1"})
  void anyOtherOfferGetsHttps(String offer) throws Exception {
    SslContext client = clientThatOffers(offer);

    SslHandler handler = dispatch(alloc -> client.newHandler(alloc, "A.Example.test", 443));

    assertThat(TunnelProtocol.isNegotiated(handler)).isFalse();
    assertThat(pipelines).containsExactly("https");
    assertThat(hello.join())
        .isEqualTo(new ClientHello("a.example.test", List.of(offer.split(","))));
  }

  private static SslContext clientThatOffers(String offer) throws Exception {
    return SslContextBuilder.forClient()
        .sslProvider(TlsProvider.JDK.netty())
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                offer.split(",")))
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h3", "culvert/2", "http/1.0,h2c,spdy/3"})
  void offerWithNothingThatIsSpokenIsRefusedWithItsAlert(String offer) throws Exception {
    SslContext client = clientThatOffers(offer);
    int port = loopback.listen(channel -> channel.pipeline().addLast(newDispatch()));
    CompletableFuture<SslHandler> dialled = new CompletableFuture<>();
    loopback.connect(
        port,
        channel ->
            dialled.complete(
                loopback.add(channel, client.newHandler(channel.alloc(), "a.example.test", 443))));

    Throwable failure = Loopback.failure(dialled.get(30, TimeUnit.SECONDS).handshakeFuture());

    assertThat(failure).hasStackTraceContaining("no_application_protocol");
    assertThat(pipelines).isEmpty();
  }

  @Test
  void silentConnectionIsClosedAtTheDeadline() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.pipeline().addLast(newDispatch());

    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {22, 3, 1}));
    channel.advanceTimeBy(ClientHelloDispatch.DEADLINE.toMillis() - 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();

    assertThat(channel.isOpen()).isFalse();
    assertThat(pipelines).isEmpty();
  }

  @Test
  void timeThatPassedAheadOfTheDispatchCounts() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    ClientHelloDispatch.begin(channel);
    channel.advanceTimeBy(9, TimeUnit.SECONDS);
    channel.pipeline().addLast(newDispatch());

    channel.advanceTimeBy(999, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void deadlineEndsWithTheClientHello() throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.pipeline().addLast(newDispatch());

    channel.advanceTimeBy(6, TimeUnit.SECONDS);
    channel.writeInbound(clientHello());
    channel.advanceTimeBy(6, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    assertThat(pipelines).containsExactly("tunnel");
    assertThat(channel.pipeline().get(ClientHelloDispatch.class)).isNull();
    assertThat(channel.isOpen()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void choiceThatThrowsIsAskedOnceAndClosesTheConnection() throws Exception {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new ClientHelloDispatch(read -> {
              pipelines.add("asked");
              throw new IllegalStateException("no choice");
            }));

    assertThatThrownBy(() -> channel.writeInbound(clientHello())).hasRootCauseMessage("no choice");

    assertThat(pipelines).containsExactly("asked");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void hugeClientHelloIsClosedBeforeItArrives() {
    EmbeddedChannel channel = new EmbeddedChannel(newDispatch());

    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {22, 3, 1, 0, 4, 1, 0, 0x40, 1}));

    assertThat(channel.isOpen()).isFalse();
    assertThat(pipelines).isEmpty();
  }

  @Test
  void bytesThatAreNoTlsAreRefusedByHttps() {
    EmbeddedChannel channel = new EmbeddedChannel(newDispatch());
    ByteBuf request = Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII);

    channel.writeInbound(request);

    assertThat(pipelines).containsExactly("https");
    assertThat(channel.isOpen()).isFalse();
    channel.finishAndReleaseAll();
  }

  /** Handshakes with a server that sees every byte of the client alone. */
  private SslHandler dispatch(Function<ByteBufAllocator, SslHandler> client) throws Exception {
    int port =
        loopback.listen(
            channel -> channel.pipeline().addLast(new OneByteSegments(), newDispatch()));
    CompletableFuture<SslHandler> dialled = new CompletableFuture<>();
    loopback.connect(
        port, channel -> dialled.complete(loopback.add(channel, client.apply(channel.alloc()))));
    SslHandler handler = dialled.get(30, TimeUnit.SECONDS);
    assertThat(Loopback.failure(handler.handshakeFuture())).isNull();
    return handler;
  }

  private ByteBuf clientHello() throws Exception {
    try (ClientTls client = ClientTls.tunnel(Trust.pinned(identity.pin()), TlsProvider.JDK)) {
      EmbeddedChannel channel =
          new EmbeddedChannel(client.newHandler(UnpooledByteBufAllocator.DEFAULT, "localhost", 1));
      ByteBuf hello = channel.readOutbound();
      channel.pipeline().removeFirst();
      channel.finishAndReleaseAll();
      return hello;
    }
  }

  private ClientHelloDispatch newDispatch() {
    return new ClientHelloDispatch(read -> {
      hello.complete(read);
      return read.offersOnlyTunnel() ? destination("tunnel", tunnel) : destination("https", https);
    });
  }

  private ClientHelloDispatch.Destination destination(String name, ServerTls tls) {
    return new ClientHelloDispatch.Destination(
        tls,
        channel -> {
          loopback.track(channel);
          pipelines.add(name);
        });
  }

  private static final class OneByteSegments extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      while (in.isReadable()) {
        ctx.fireChannelRead(in.readRetainedSlice(1));
      }
      ReferenceCountUtil.release(in);
    }
  }
}
