package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloseNotifyHandlerTest {
  private static final String END = "end of input";
  private static final String FAILURE = "the connection ended without close_notify";
  private static final String INACTIVE = "inactive";

  @TempDir Path directory;

  /** What the handlers behind were told, as words. */
  private static final class Log extends ChannelInboundHandlerAdapter {
    final BlockingQueue<String> entries = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      String entry = entries.poll(20, TimeUnit.SECONDS);
      return entry == null ? "nothing" : entry;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      if (bytes.isReadable()) {
        entries.add(bytes.toString(StandardCharsets.US_ASCII));
      }
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        entries.add(END);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      entries.add(String.valueOf(cause.getMessage()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      entries.add(INACTIVE);
      ctx.fireChannelInactive();
    }
  }

  private interface Scene {
    void play(Channel client, SslHandler clientTls, Log server) throws Exception;
  }

  /** Plays the scene and closes both ends; returns what the scene has not taken of the log. */
  private List<String> play(TlsProvider provider, String version, boolean halfClosure, Scene scene)
      throws Exception {
    DevAuthority authority = DevAuthority.loadOrCreate(directory);
    SslContext browser =
        SslContextBuilder.forClient()
            .sslProvider(TlsProvider.JDK.netty())
            .protocols(version)
            .trustManager(Pem.readCertificates(authority.certificateFile()).getFirst())
            .build();
    Log log = new Log();
    try (ServerTls tls = ServerTls.https(authority.issue(List.of("a.example.test")), provider);
        Loopback loopback = new Loopback()) {
      int port =
          loopback.listen(channel -> {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure);
            channel
                .pipeline()
                .addLast(tls.newHandler(channel.alloc()), CloseNotifyHandler.INSTANCE, log);
            loopback.track(channel);
          });
      Channel client =
          loopback.connect(
              port,
              channel ->
                  loopback.add(
                      channel, browser.newHandler(channel.alloc(), "a.example.test", 443)));
      SslHandler clientTls = client.pipeline().get(SslHandler.class);
      assertThat(Loopback.failure(clientTls.handshakeFuture())).isNull();
      client.writeAndFlush(
          client.alloc().buffer().writeBytes("half".getBytes(StandardCharsets.US_ASCII)));
      assertThat(log.next()).isEqualTo("half");
      scene.play(client, clientTls, log);
    }
    return List.copyOf(log.entries);
  }

  @ParameterizedTest
  @CsvSource({
    "BORINGSSL, TLSv1.2", "BORINGSSL, TLSv1.3",
    "JDK, TLSv1.2", "JDK, TLSv1.3"
  })
  void finWithoutCloseNotifyIsAFailure(TlsProvider provider, String version) throws Exception {
    List<String> after =
        play(
            provider,
            version,
            true,
            (client, tls, server) -> {
              ((DuplexChannel) client).shutdownOutput(); // below TLS

              assertThat(server.next()).isEqualTo(FAILURE);
            });

    assertThat(after).doesNotContain(END);
  }

  @ParameterizedTest
  @CsvSource({
    "BORINGSSL, TLSv1.2", "BORINGSSL, TLSv1.3",
    "JDK, TLSv1.2", "JDK, TLSv1.3"
  })
  void finWithoutCloseNotifyClosesWhereHalvesDoNot(TlsProvider provider, String version)
      throws Exception {
    play(
        provider,
        version,
        false,
        (client, tls, server) -> {
          ((DuplexChannel) client).shutdownOutput();

          assertThat(server.next()).isEqualTo(INACTIVE);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "BORINGSSL, TLSv1.2", "BORINGSSL, TLSv1.3",
    "JDK, TLSv1.2", "JDK, TLSv1.3"
  })
  void closeNotifyIsTheEndOfInputOnce(TlsProvider provider, String version) throws Exception {
    List<String> after =
        play(
            provider,
            version,
            true,
            (client, tls, server) -> {
              assertThat(Loopback.failure(tls.closeOutbound())).isNull();
              assertThat(server.next()).isEqualTo(END);
              ((DuplexChannel) client).shutdownOutput();
            });

    assertThat(after).isSubsetOf(INACTIVE);
  }
}
