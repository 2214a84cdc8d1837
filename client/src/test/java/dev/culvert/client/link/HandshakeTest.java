package dev.culvert.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.EndCode;
import dev.culvert.mux.control.Hello;
import dev.culvert.mux.control.HelloAnswer.Refusal;
import dev.culvert.mux.control.HelloAnswer.Welcome;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.netty.MuxHandler;
import dev.culvert.mux.socket.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server, honest or hostile, and the client's first words to it. */
final class HandshakeTest {
  private static final Hello HELLO =
      new Hello(
          1,
          new Secret("token"),
          new Secret("0123456789abcdef0123456789abcdef"),
          null,
          4096,
          "culvert");
  private static final Welcome WELCOME = new Welcome("session", 1, "culvertd");
  private static final String SYN_OF_STREAM_1 = "000100010000000100000000";

  private final RecordingOwner owner = new RecordingOwner();
  private final EmbeddedChannel channel = connect("culvert/1");

  private EmbeddedChannel connect(String protocol) {
    return connect(protocol, connection -> {});
  }

  private EmbeddedChannel connect(String protocol, Handshake.ServerCheck check) {
    Link link = new Link(owner, Transport.NIO, "h:7000");
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(
            new PassingTls(protocol),
            new Handshake(link, check, HELLO, new ChannelInboundHandlerAdapter()));
    return channel;
  }

  private static void secured(EmbeddedChannel channel) {
    channel.pipeline().fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** Everything sent since the last call, as hex. */
  private String sent() {
    channel.runPendingTasks();
    StringBuilder hex = new StringBuilder();
    ByteBuf bytes;
    while ((bytes = channel.readOutbound()) != null) {
      hex.append(ByteBufUtil.hexDump(bytes));
      bytes.release();
    }
    return hex.toString();
  }

  private void sayHello() {
    secured(channel);
    sent();
  }

  @Test
  void helloIsSaidBehindTlsAndNotBefore() throws Exception {
    String before = sent();

    secured(channel);

    assertThat(before).isEmpty();
    assertThat(ControlCodec.readHello(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(sent()))))
        .isEqualTo(HELLO);
  }

  @Test
  void serverThatDoesNotSpeakTheTunnelsProtocolHearsNoHello() {
    EmbeddedChannel web = connect("h2");

    secured(web);

    assertThat(web.outboundMessages()).isEmpty();
    assertThat(owner.downs).containsExactly(new LinkEnd.Unreachable("h:7000 is no tunnel server"));
    web.finishAndReleaseAll();
  }

  @Test
  void serverThatIsNotTrustedHearsNoHello() {
    SSLHandshakeException failure = new SSLHandshakeException("certificate_unknown");
    failure.initCause(new CertificateException("the key is another one"));

    channel.pipeline().fireUserEventTriggered(new SslHandshakeCompletionEvent(failure));

    assertThat(sent()).isEmpty();
    assertThat(owner.downs)
        .containsExactly(new LinkEnd.Untrusted("h:7000 is not trusted: the key is another one"));
  }

  @Test
  void serverThatFailsTheLastCheckHearsNoHello() {
    EmbeddedChannel elsewhere =
        connect(
            "culvert/1",
            connection -> {
              throw new CertificateException("it is elsewhere");
            });

    secured(elsewhere);

    assertThat(elsewhere.outboundMessages()).isEmpty();
    assertThat(owner.downs)
        .containsExactly(new LinkEnd.Untrusted("h:7000 is not trusted: it is elsewhere"));
    elsewhere.finishAndReleaseAll();
  }

  @Test
  void welcomeByteByByteOpensTheSessionAndItsControlStream() {
    sayHello();
    ByteBuf welcome = ControlCodec.encode(WELCOME);

    while (welcome.isReadable()) {
      assertThat(owner.ups).isEmpty();
      channel.writeInbound(welcome.readRetainedSlice(1));
    }

    assertThat(owner.ups).containsExactly(WELCOME);
    assertThat(sent()).isEqualTo(SYN_OF_STREAM_1);
    welcome.release();
  }

  @Test
  void bytesBehindWelcomeAreTheSessions() {
    sayHello();
    ByteBuf ping = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("000200010000000000000007"));

    channel.writeInbound(Unpooled.wrappedBuffer(ControlCodec.encode(WELCOME), ping));

    assertThat(owner.ups).containsExactly(WELCOME);
    assertThat(sent()).contains("000200020000000000000007");
  }

  @ParameterizedTest
  @EnumSource
  void refusalEndsTheLinkWithItsCode(EndCode code) {
    sayHello();

    channel.writeInbound(ControlCodec.encode(new Refusal(code, "because")));

    assertThat(owner.downs).containsExactly(new LinkEnd.EndedByServer(code, "because"));
  }

  @Test
  void welcomeBehindARefusalIsNone() {
    sayHello();

    channel.writeInbound(
        Unpooled.wrappedBuffer(
            ControlCodec.encode(new Refusal(EndCode.BUSY, "later")), ControlCodec.encode(WELCOME)));
    channel.writeInbound(ControlCodec.encode(WELCOME));
    channel.finish();

    assertThat(owner.ups).isEmpty();
    assertThat(owner.downs).hasSize(1);
    assertThat(sent()).isEmpty();
    assertThat(channel.pipeline().get(MuxHandler.class)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00010001",
        "ffffffff",
        "485454502f312e312034303020426164",
        "00000000",
        "000000027b7d",
        "00000004ffffffff",
      })
  void whatIsNoAnswerEndsTheLink(String hex) {
    sayHello();

    channel.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)));
    channel.writeInbound(ControlCodec.encode(WELCOME));

    assertThat(owner.ups).isEmpty();
    assertThat(owner.downs).hasSize(1);
    assertThat(owner.downs.getFirst())
        .isInstanceOf(LinkEnd.Unreachable.class)
        .extracting(LinkEnd::reason)
        .asString()
        .startsWith("h:7000 is no tunnel server: it sent ");
  }

  @Test
  void silenceEndsTheLinkAfterTenSeconds() {
    sayHello();

    channel.advanceTimeBy(9_999, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    int before = owner.downs.size();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();

    assertThat(before).isZero();
    assertThat(owner.downs)
        .containsExactly(new LinkEnd.Unreachable("h:7000 accepts the connection and says nothing"));
  }

  @Test
  void answerInTimeStopsTheDeadline() {
    sayHello();
    channel.writeInbound(ControlCodec.encode(WELCOME));

    channel.advanceTimeBy(11, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    assertThat(owner.downs).isEmpty();
  }

  @Test
  void welcomeMayGrantAnyNumberOfStreams() {
    sayHello();

    channel.writeInbound(ControlCodec.encode(new Welcome("s", Integer.MAX_VALUE, "culvertd")));

    assertThat(owner.ups).hasSize(1);
  }

  @Test
  void brokenConnectionEndsTheLinkOnce() {
    sayHello();

    channel.pipeline().fireExceptionCaught(new IOException("Connection reset"));
    channel.pipeline().fireExceptionCaught(new IOException("and again"));

    assertThat(owner.downs).containsExactly(new LinkEnd.Unreachable("h:7000 reset the connection"));
  }
}
