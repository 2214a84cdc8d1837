package dev.culvert.server.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered in a tunnel's place, and what is not. */
final class ChallengeResponderTest {
  private final Challenges challenges = new Challenges();
  private EmbeddedChannel channel;

  @BeforeEach
  void open() {
    challenges.answerHttp("token-1", "token-1.thumbprint");
    channel = new EmbeddedChannel(new HttpServerCodec(), new ChallengeResponder(challenges));
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void receive(String requests) {
    channel.writeInbound(Unpooled.copiedBuffer(requests, StandardCharsets.US_ASCII));
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";
  }

  /** The paths that passed. */
  private List<String> passed() {
    List<String> paths = new ArrayList<>();
    for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
      if (part instanceof HttpRequest request) {
        paths.add(request.uri());
      }
      ReferenceCountUtil.release(part);
    }
    return paths;
  }

  private String sent() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      text.append(part.toString(StandardCharsets.US_ASCII));
      part.release();
    }
    return text.toString();
  }

  @Test
  void aTokenOfOursIsAnswered() {
    receive(get("/.well-known/acme-challenge/token-1"));

    assertThat(sent()).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\ntoken-1.thumbprint");
    assertThat(passed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.well-known/acme-challenge/token-2",
        "/.well-known/acme-challenge/",
        "/.well-known/acme-challenge/token-1?x",
        "/.well-known/acme-challenge/../token-1",
        "/.well-known/other",
        "/"
      })
  void everythingElseGoesToTheTunnel(String path) {
    receive(get(path));

    assertThat(sent()).isEmpty();
    assertThat(passed()).containsExactly(path);
  }

  @Test
  void anotherMethodGoesToTheTunnel() {
    receive(
        "POST /.well-known/acme-challenge/token-1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

    assertThat(passed()).containsExactly("/.well-known/acme-challenge/token-1");
  }

  @Test
  void aTokenThatIsOverGoesToTheTunnel() {
    challenges.forgetHttp("token-1");

    receive(get("/.well-known/acme-challenge/token-1"));

    assertThat(passed()).containsExactly("/.well-known/acme-challenge/token-1");
  }

  @Test
  void theConnectionGoesOn() {
    receive(get("/.well-known/acme-challenge/token-1") + get("/page"));

    assertThat(sent()).contains("thumbprint");
    assertThat(passed()).containsExactly("/page");
  }

  @Test
  void noAnswerOvertakesAnother() {
    receive(get("/page") + get("/.well-known/acme-challenge/token-1"));

    assertThat(sent()).isEmpty();
    assertThat(passed()).containsExactly("/page", "/.well-known/acme-challenge/token-1");
  }

  @Test
  void aConnectionThatWasUsedBeforeIsAnsweredToo() {
    receive(get("/page"));
    passed();
    channel.writeOutbound(
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    DefaultFullHttpResponse page =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    page.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
    channel.writeOutbound(page);

    receive(get("/.well-known/acme-challenge/token-1"));

    assertThat(sent()).endsWith("token-1.thumbprint");
    assertThat(passed()).isEmpty();
  }
}
