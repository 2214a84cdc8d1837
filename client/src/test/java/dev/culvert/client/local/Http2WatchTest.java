package dev.culvert.client.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Http2WatchTest {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;

  private final List<String> lines = new ArrayList<>();
  private final Http2Watch watch =
      new Http2Watch(
          1,
          record ->
              lines.add(
                  "%s %s %d %d %s %s"
                      .formatted(
                          record.method(),
                          record.target(),
                          record.status(),
                          record.responseBytes(),
                          record.outcome(),
                          record.note())
                      .strip()));
  private final DefaultHttp2HeadersEncoder requestHeads = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersEncoder responseHeads = new DefaultHttp2HeadersEncoder();
  private final ByteBuf requests = Unpooled.buffer();
  private final ByteBuf responses = Unpooled.buffer();
  private int pieceBytes = Integer.MAX_VALUE;

  Http2WatchTest() {
    ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
    requests.writeBytes(preface);
    preface.release();
  }

  @AfterEach
  void release() {
    requestHeads.close();
    responseHeads.close();
  }

  private static void frame(ByteBuf out, int type, int flags, int stream, byte... payload) {
    out.writeMedium(payload.length)
        .writeByte(type)
        .writeByte(flags)
        .writeInt(stream)
        .writeBytes(payload);
  }

  private static byte[] block(DefaultHttp2HeadersEncoder encoder, int stream, Http2Headers head) {
    ByteBuf out = Unpooled.buffer();
    try {
      encoder.encodeHeaders(stream, head, out);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return ByteBufUtil.getBytes(out);
  }

  private byte[] request(int stream, String path) {
    Http2Headers head =
        new DefaultHttp2Headers().method("POST").path(path).scheme("http").authority("h");
    head.add("x-long", "v".repeat(200));
    return block(requestHeads, stream, head);
  }

  private byte[] status(int stream, String status) {
    return block(responseHeads, stream, new DefaultHttp2Headers().status(status));
  }

  /** Shows what was written, in pieces, to both sides; and that it goes on as it was. */
  private void show() {
    show(watch.requestTap(), requests);
    show(watch.responseTap(), responses);
  }

  private void show(ChannelInboundHandler tap, ByteBuf bytes) {
    ByteBuf expected = bytes.copy();
    ByteBuf seen = Unpooled.buffer();
    EmbeddedChannel channel = new EmbeddedChannel(tap);
    while (bytes.isReadable()) {
      channel.writeInbound(bytes.readBytes(Math.min(pieceBytes, bytes.readableBytes())));
      ByteBuf piece = channel.readInbound();
      seen.writeBytes(piece);
      piece.release();
    }
    assertThat(seen).isEqualTo(expected);
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, Integer.MAX_VALUE})
  void requestsAreReportedHoweverTheirBytesCome(int piece) {
    pieceBytes = piece;
    for (int stream = 1; stream < 9; stream += 2) {
      frame(requests, SETTINGS, 0, 0);
      frame(requests, HEADERS, END_HEADERS, stream, request(stream, "/" + stream));
      frame(requests, DATA, END_STREAM, stream, new byte[300]);
      frame(responses, HEADERS, END_HEADERS, stream, status(stream, "100"));
      frame(responses, HEADERS, END_HEADERS, stream, status(stream, "200"));
      frame(responses, DATA, 0, stream, new byte[1000]);
      frame(responses, DATA, END_STREAM, stream, new byte[stream]);
    }

    show();

    assertThat(lines)
        .containsExactly(
            "POST /1 200 1001 COMPLETE",
            "POST /3 200 1003 COMPLETE",
            "POST /5 200 1005 COMPLETE",
            "POST /7 200 1007 COMPLETE");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, Integer.MAX_VALUE})
  void headsInSeveralFramesWithPaddingAndPriorityAreRead(int piece) {
    pieceBytes = piece;
    byte[] block = request(1, "/a");
    byte[] first = new byte[1 + 5 + 10 + 4];
    first[0] = 4; // of padding
    System.arraycopy(block, 0, first, 6, 10);
    byte[] rest = new byte[block.length - 10];
    System.arraycopy(block, 10, rest, 0, rest.length);
    frame(requests, HEADERS, PADDED | PRIORITY | END_STREAM, 1, first);
    frame(requests, CONTINUATION, END_HEADERS, 1, rest);
    frame(responses, HEADERS, END_HEADERS | END_STREAM, 1, status(1, "404"));

    show();

    assertThat(lines).containsExactly("POST /a 404 0 COMPLETE");
  }

  @Test
  void trailersEndAResponseAndAreNoRequest() {
    frame(requests, HEADERS, END_HEADERS, 1, request(1, "/a"));
    byte[] trailers = block(requestHeads, 1, new DefaultHttp2Headers().add("x", "y"));
    frame(requests, HEADERS, END_HEADERS | END_STREAM, 1, trailers);
    frame(responses, HEADERS, END_HEADERS, 1, status(1, "200"));
    byte[] answers = block(responseHeads, 1, new DefaultHttp2Headers().add("grpc-status", "0"));
    frame(responses, HEADERS, END_HEADERS | END_STREAM, 1, answers);

    show();

    assertThat(lines).containsExactly("POST /a 200 0 COMPLETE");
  }

  @Test
  void resetOfEitherSideIsACut() {
    frame(requests, HEADERS, END_HEADERS, 1, request(1, "/visitor"));
    frame(requests, RST_STREAM, 0, 1, 0, 0, 0, 8);
    frame(requests, HEADERS, END_HEADERS, 3, request(3, "/service"));
    frame(responses, RST_STREAM, 0, 3, 0, 0, 0, 7);

    show();

    assertThat(lines)
        .containsExactly(
            "POST /visitor 0 0 CUT the visitor gave it up",
            "POST /service 0 0 CUT the service reset it: " + Http2Error.REFUSED_STREAM);
  }

  private static void frame(ByteBuf out, int type, int flags, int stream, int... payload) {
    byte[] bytes = new byte[payload.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) payload[i];
    }
    frame(out, type, flags, stream, bytes);
  }

  @Test
  void endOfTheConnectionCutsWhatIsUnanswered() {
    frame(requests, HEADERS, END_HEADERS, 1, request(1, "/a"));
    show();

    watch.connectionEnded(new IOException("broken"));

    assertThat(lines).containsExactly("POST /a 0 0 CUT broken");
    assertThat(watch.isWatching()).isFalse();
  }

  @Test
  void requestToAnUnreachableServiceIsReportedAsSoonAsItComes() {
    watch.serviceUnreachable("refused");
    assertThat(watch.isWatching()).isTrue();
    frame(requests, HEADERS, END_HEADERS | END_STREAM, 1, request(1, "/a"));

    show();

    assertThat(lines).containsExactly("POST /a 502 0 UNREACHABLE refused");
    assertThat(watch.isWatching()).isFalse();
  }

  @Test
  void anythingElseEndsTheWatchingAndPasses() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[1 + random.nextInt(300)];
      random.nextBytes(noise);
      responses.writeBytes(noise);
      requests.writeBytes(noise);
    }

    show(); // asserts that all of it goes on

    watch.connectionEnded(null);
    assertThat(watch.isWatching()).as("seed %d", seed).isFalse();
  }

  @Test
  void headWithoutEndIsNotKept() {
    frame(requests, HEADERS, 0, 1, new byte[16_000]);
    for (int i = 0; i < 20; i++) {
      frame(requests, CONTINUATION, 0, 1, new byte[16_000]);
    }

    show();

    assertThat(watch.isWatching()).isFalse();
  }
}
