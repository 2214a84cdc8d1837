package dev.culvert.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.HelloAnswer;
import dev.culvert.server.LoggedLines;
import dev.culvert.tls.ClientHelloDispatch.Destination;
import dev.culvert.tls.ClientTls;
import dev.culvert.tls.Identity;
import dev.culvert.tls.ServerTls;
import dev.culvert.tls.TlsProvider;
import dev.culvert.tls.Trust;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A handshake from its first byte, TLS and all, on a clock that stands. */
final class HandshakeDeadlineTest {
  private static final String HERE = "192.0.2.1";

  private final LoggedLines log = new LoggedLines(Audit.LOGGER);
  private final EmbeddedChannel server = TestClient.channelTo(HERE);
  private AgentGround ground;
  private ServerTls serverTls;
  private ClientTls clientTls;
  private EmbeddedChannel client;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new AgentGround(state);
    Identity identity = Identity.loadOrCreate(state);
    serverTls = ServerTls.tunnel(identity);
    clientTls = ClientTls.tunnel(Trust.pinned(identity.pin()), TlsProvider.preferred());
    client =
        new EmbeddedChannel(clientTls.newHandler(UnpooledByteBufAllocator.DEFAULT, HERE, 7000));
    server.freezeTime();
    server.pipeline().addLast(ground.acceptor.limit());
    ground.acceptor.await(server, hello -> new Destination(serverTls, ground.acceptor::accept));
  }

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
    serverTls.close();
    clientTls.close();
    ground.close();
    log.close();
  }

  private void advance(long seconds) {
    server.advanceTimeBy(seconds, TimeUnit.SECONDS);
    server.runScheduledPendingTasks();
    server.runPendingTasks();
  }

  /** Carries what one end has said to the other; whether it was anything. */
  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    boolean any = false;
    for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
      to.writeInbound(bytes);
      any = true;
    }
    return any;
  }

  private void carryAll() {
    boolean moved = true;
    while (moved) {
      moved = carry(client, server);
      moved |= carry(server, client);
    }
  }

  private void assertCutOffAfterTenSecondsInAll() {
    advance(1);
    assertThat(server.isOpen()).isTrue();

    advance(1);

    assertThat(server.isOpen()).isFalse();
    assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("reason=late failures=1"));
    assertThat(server.runScheduledPendingTasks()).isEqualTo(-1);
    assertThat(ground.acceptor.limit().connections()).isZero();
  }

  @Test
  void aClientIsLetInThroughTls() throws Exception {
    carryAll();
    client.writeOutbound(ControlCodec.encode(ground.hello(AgentGround.ANN, null)));
    carryAll();

    ByteBuf answer = Unpooled.buffer();
    for (ByteBuf part = client.readInbound(); part != null; part = client.readInbound()) {
      answer.writeBytes(part);
      part.release();
    }
    assertThat(ControlCodec.readHelloAnswer(answer)).isInstanceOf(HelloAnswer.Welcome.class);
    advance(11);
    assertThat(server.isOpen()).isTrue();
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void silenceFromTheStart() {
    advance(8);

    assertCutOffAfterTenSecondsInAll();
  }

  @Test
  void silenceBehindALateClientHello() {
    advance(8);
    carry(client, server);

    assertCutOffAfterTenSecondsInAll();
  }

  @Test
  void silenceBehindALateHandshakeOfTls() {
    advance(4);
    carry(client, server);
    advance(4);
    carryAll();

    assertCutOffAfterTenSecondsInAll();
  }

  @Test
  void aHelloThatTrickles() {
    advance(2);
    carryAll();
    ByteBuf hello = ControlCodec.encode(ground.hello(AgentGround.ANN, null));
    for (int i = 0; i < 6; i++) {
      advance(1);
      client.writeOutbound(hello.readBytes(1));
      carryAll();
    }
    hello.release();

    assertCutOffAfterTenSecondsInAll();
  }

  @Test
  void bytesThatAreNoTlsAreAFailure() {
    server.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));

    assertThat(server.isOpen()).isFalse();
    assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("reason=tls failures=1"));
  }

  @Test
  void aClientHelloThatIsTooLargeIsAFailure() {
    server.writeInbound(Unpooled.wrappedBuffer(new byte[] {22, 3, 1, 0, 4, 1, 0, 0x40, 1}));

    assertThat(server.isOpen()).isFalse();
    assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("reason=tls failures=1"));
  }

  @Test
  void leavingWithinTheHandshakeIsAFailure() {
    carry(client, server);

    server.close();
    server.runPendingTasks();

    assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("reason=left failures=1"));
  }

  @Test
  void connectingAndLeavingAsHealthChecksDoIsNone() {
    server.close();
    server.runPendingTasks();

    assertThat(log.lines()).isEmpty();
  }
}
