package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each probe against an app that is nearly right: a check that cannot fail checks nothing. */
class ProbeFailuresTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int BYTES = 100_000;

  @Test
  void pageOfSomebodyElseFails() {
    String page = "<html><title>404</title></html>\n";

    String reason = failure(new PageProbe(), request -> answer(200, Exchange.HTML, page));

    assertThat(reason).startsWith("this is not the sample app's page");
  }

  @Test
  void pageCutShortFails() {
    String page = "<html><title>" + SamplePage.TITLE + "</title></html>\n";

    String reason =
        failure(
            new PageProbe(),
            request -> {
              FullHttpResponse answer = answer(200, Exchange.HTML, page);
              HttpUtil.setContentLength(answer, page.length() + 1);
              return answer;
            });

    assertThat(reason).startsWith("the connection ended early");
  }

  @Test
  void pageWithAnotherStatusFails() {
    String reason = failure(new PageProbe(), request -> answer(502, Exchange.HTML, "no"));

    assertThat(reason).startsWith("status 502 Bad Gateway instead of 200 OK");
  }

  @Test
  void refusedUpgradeFails() {
    String reason = failure(new WebSocketProbe(1_000), request -> answer(200, Exchange.TEXT, "no"));

    assertThat(reason).contains("handshake").endsWith("(so far: waiting for the 101)");
  }

  @Test
  void alteredTextFails() {
    String reason =
        frameFailure(
            DEADLINE,
            frame -> frame instanceof TextWebSocketFrame ? new TextWebSocketFrame("other") : null);

    assertThat(reason).startsWith("the echo of the text differs");
  }

  @Test
  void alteredBinaryFails() {
    String reason =
        frameFailure(
            DEADLINE,
            frame -> {
              if (frame instanceof BinaryWebSocketFrame) {
                int last = frame.content().writerIndex() - 1;
                frame.content().setByte(last, frame.content().getByte(last) ^ 1);
              }
              return frame.retain();
            });

    assertThat(reason).startsWith("the echo of the binary message differs");
  }

  @Test
  void otherCloseCodeFails() {
    String reason =
        frameFailure(
            DEADLINE,
            frame ->
                frame instanceof CloseWebSocketFrame
                    ? new CloseWebSocketFrame(1001, "")
                    : frame.retain());

    assertThat(reason).startsWith("close 1000 was not answered with close 1000");
  }

  @Test
  void connectionLeftOpenAfterTheCloseFails() {
    String reason = frameFailure(Duration.ofSeconds(2), WebSocketFrame::retain);

    assertThat(reason)
        .startsWith("stalled")
        .endsWith("(so far: waiting for the end of the connection)");
  }

  @Test
  void eventsCollectedOnTheWayFail() {
    String both = "id: 1\ndata: {\"sentAtMillis\":1}\n\nid: 2\ndata: {\"sentAtMillis\":1001}\n\n";

    String reason =
        failure(new EventStreamProbe(), request -> answer(200, "text/event-stream", both));

    assertThat(reason).contains("something on the way holds the stream back");
  }

  @Test
  void missingEventFails() {
    String one = "id: 1\ndata: {\"sentAtMillis\":1}\n\n";

    String reason =
        failure(new EventStreamProbe(), request -> answer(200, "text/event-stream", one));

    assertThat(reason).endsWith("another number of events than 2 (so far: 1 of 2 events)");
  }

  @Test
  void anotherTypeThanEventStreamFails() {
    String reason = failure(new EventStreamProbe(), request -> answer(200, Exchange.TEXT, ""));

    assertThat(reason).contains("no event stream");
  }

  @Test
  void wrongChecksumOfAnUploadFails() {
    String wrong = BodyDigest.json(BYTES, "00".repeat(32));

    String reason = failure(new UploadProbe(BYTES), request -> answer(200, Exchange.JSON, wrong));

    assertThat(reason).contains("instead of {\"bytes\":100000,\"sha256\":\"");
  }

  @Test
  void wrongByteOfADownloadIsNamed() {
    String reason =
        failure(
            new DownloadProbe(BYTES),
            request -> {
              byte[] pattern = new PatternBytes(3).next(BYTES);
              pattern[77_777] ^= 1;
              return answer(pattern);
            });

    assertThat(reason).startsWith("byte 77777 is wrong");
  }

  @Test
  void shorterDownloadFails() {
    String reason =
        failure(new DownloadProbe(BYTES), request -> answer(new PatternBytes(3).next(BYTES - 1)));

    assertThat(reason).startsWith("answered 200 OK with length 99999 instead of");
  }

  @Test
  void downloadCutShortFails() {
    String reason =
        failure(
            new DownloadProbe(BYTES),
            request -> {
              FullHttpResponse answer = answer(new PatternBytes(3).next(BYTES - 1));
              HttpUtil.setContentLength(answer, BYTES);
              return answer;
            });

    assertThat(reason)
        .startsWith("the connection ended early")
        .contains("99,999 of 100,000 bytes received");
  }

  @Test
  void answerOfAnotherVisitorFails() {
    String reason =
        failure(new BurstProbe(3), request -> answer(200, Exchange.TEXT, "visitor-0-x"));

    assertThat(reason).contains("and was answered visitor-0-x");
  }

  @Test
  void burstRefusedWithAStatusFails() {
    String reason = failure(new BurstProbe(3), request -> answer(503, Exchange.TEXT, "full"));

    assertThat(reason).startsWith("status 503 Service Unavailable instead of 200 OK: full");
  }

  private static String failure(
      Probe probe, Function<FullHttpRequest, @Nullable FullHttpResponse> answer) {
    try (WrongApp app = WrongApp.answering(answer)) {
      return failure(app, probe, DEADLINE);
    }
  }

  private static String frameFailure(
      Duration deadline, Function<WebSocketFrame, @Nullable WebSocketFrame> answer) {
    try (WrongApp app = WrongApp.framing(answer)) {
      return failure(app, new WebSocketProbe(1_000), deadline);
    }
  }

  private static String failure(WrongApp app, Probe probe, Duration deadline) {
    List<ProbeResult> results = Probes.run(app.base(), List.of(probe), deadline, result -> {});
    assertThat(results).singleElement().returns(false, ProbeResult::passed);
    return results.getFirst().detail();
  }

  private static FullHttpResponse answer(int status, String type, String body) {
    FullHttpResponse answer = answer(body.getBytes(StandardCharsets.UTF_8));
    answer.setStatus(HttpResponseStatus.valueOf(status));
    answer.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    return answer;
  }

  private static FullHttpResponse answer(byte[] body) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
    HttpUtil.setContentLength(answer, body.length);
    return answer;
  }
}
