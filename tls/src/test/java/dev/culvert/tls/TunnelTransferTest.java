package dev.culvert.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TunnelTransferTest {
  @TempDir Path directory;

  @ParameterizedTest
  @MethodSource("dev.culvert.tls.TunnelHandshakeTest#pairings")
  void connectionOutlivesItsContexts(TlsProvider server, TlsProvider client) throws Exception {
    Identity identity = Identity.loadOrCreate(directory);
    ServerTls serverTls = ServerTls.tunnel(identity.keyAndChain(Instant.now()), server);
    ClientTls clientTls = ClientTls.tunnel(Trust.pinned(identity.pin()), client);
    byte[] sent = new byte[300_000];
    new Random(1).nextBytes(sent);
    Collector collector = new Collector(sent.length);

    try (Loopback loopback = new Loopback()) {
      int port =
          loopback.listen(channel -> {
            loopback.add(channel, serverTls.newHandler(channel.alloc()));
            channel.pipeline().addLast(new Echo());
          });
      Channel dialled =
          loopback.connect(
              port,
              channel -> {
                loopback.add(channel, clientTls.newHandler(channel.alloc(), "localhost", port));
                channel.pipeline().addLast(collector);
              });
      var handshake = dialled.pipeline().get(SslHandler.class).handshakeFuture();
      assertThat(Loopback.failure(handshake)).isNull();
      serverTls.close();
      clientTls.close();
      var _ = dialled.writeAndFlush(Unpooled.wrappedBuffer(sent));

      assertThat(collector.all.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closedContextMakesNoHandlers(TlsProvider provider) throws Exception {
    Identity identity = Identity.loadOrCreate(directory);
    ServerTls server = ServerTls.tunnel(identity.keyAndChain(Instant.now()), provider);

    server.close();
    server.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> server.newHandler(UnpooledByteBufAllocator.DEFAULT));
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      var _ = ctx.writeAndFlush(message);
    }
  }

  private static final class Collector extends SimpleChannelInboundHandler<ByteBuf> {
    private final CompletableFuture<byte[]> all = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final int expectedBytes;

    Collector(int expectedBytes) {
      this.expectedBytes = expectedBytes;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) throws Exception {
      message.readBytes(received, message.readableBytes());
      if (received.size() >= expectedBytes) {
        all.complete(received.toByteArray());
      }
    }
  }
}
