package dev.culvert.server.edge;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which responses are compressed, how their heads tell, and what becomes of their content. */
final class ResponseCompressionTest {
  private final CompressionPlaces places = new CompressionPlaces();

  private static RequestHead request(HttpMethod method, HttpVersion version, String accepted) {
    HttpHeaders headers = new DefaultHttpHeaders();
    if (!accepted.isEmpty()) {
      headers.set("Accept-Encoding", accepted);
    }
    return new RequestHead(method, version, "http", "app.localhost", "/", headers, false, false);
  }

  private static RequestHead get() {
    return request(HttpMethod.GET, HttpVersion.HTTP_1_1, "gzip");
  }

  private static HttpResponse response(int status, String... fields) {
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    response.headers().set("Content-Type", "text/html; charset=utf-8");
    for (String field : fields) {
      String[] parts = field.split(": ", 2);
      response.headers().set(parts[0], parts[1]);
    }
    return response;
  }

  private @Nullable ResponseCompressor compressor(RequestHead request, HttpResponse response) {
    return ResponseCompressor.of(request, response, places);
  }

  private ResponseCompressor compressor() {
    return requireNonNull(compressor(get(), response(200)));
  }

  private boolean isCompressed(RequestHead request, HttpResponse response) {
    ResponseCompressor compressor = compressor(request, response);
    if (compressor != null) {
      compressor.close();
    }
    assertThat(response.headers().contains("Content-Encoding", "gzip", false))
        .isEqualTo(compressor != null);
    return compressor != null;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "x-gzip | true",
        "deflate, GZIP;q=0.5 , br | true",
        "* | true",
        "*;q=0.1 | true",
        "'' | false",
        "br, deflate, zstd | false",
        "gzip;q=0 | false",
        "gzip;q=0, * | false",
        "*;q=0 | false",
        "identity, gzip;q=0.5 | false",
        "identity;q=0.5, gzip | true",
        "gzip;q=two | false",
        "gzipped | false",
      })
  void visitorHasToUnderstandItAndCachesAreTold(String accepted, boolean isCompressed) {
    HttpResponse response = response(200);

    assertThat(isCompressed(request(HttpMethod.GET, HttpVersion.HTTP_1_1, accepted), response))
        .isEqualTo(isCompressed);
    assertThat(response.headers().getAll("Vary")).containsExactly("Accept-Encoding");
  }

  @ParameterizedTest
  @CsvSource({
    "text/css, true",
    "TEXT/Plain, true",
    "application/json, true",
    "application/problem+json; charset=utf-8, true",
    "image/svg+xml, true",
    "application/wasm, true",
    "application/x-ndjson, true",
    "text/event-stream, false",
    "Text/Event-Stream; charset=utf-8, false",
    "image/png, false",
    "video/mp4, false",
    "application/zip, false",
    "application/grpc, false",
    "application/grpc+json2, false",
    "application/octet-stream, false",
    "'', false"
  })
  void onlyTypesThatGainAreCompressed(String type, boolean isCompressed) {
    HttpResponse response = response(200, "Content-Type: " + type);

    assertThat(isCompressed(get(), response)).isEqualTo(isCompressed);
    assertThat(response.headers().contains("Vary")).isEqualTo(isCompressed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Encoding: br",
        "Content-Encoding: identity",
        "Content-Range: bytes 0-1/2000",
        "Cache-Control: max-age=1, No-Transform",
        "Content-Length: 1023",
        "Content-Length: odd",
        "Content-Digest: sha-256=:x:",
        "Digest: sha-256=x",
      })
  void whatHasToStayAsItIsDoes(String field) {
    HttpResponse response = response(200, field, "ETag: \"a\"", "Accept-Ranges: bytes");

    assertThat(compressor(get(), response)).isNull();
    assertThat(response.headers().get("ETag")).isEqualTo("\"a\"");
    assertThat(response.headers().contains("Accept-Ranges")).isTrue();
    assertThat(response.headers().contains("Vary")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205, 206, 304})
  void statusesWithoutWholeContentStay(int status) {
    assertThat(isCompressed(get(), response(status))).isFalse();
  }

  @Test
  void headOldVisitorsAndRequestsThatWantNoChangeStay() {
    RequestHead changeless = get();
    changeless.headers().set("Cache-Control", "no-transform");

    assertThat(isCompressed(changeless, response(200))).isFalse();
    assertThat(isCompressed(request(HttpMethod.HEAD, HttpVersion.HTTP_1_1, "gzip"), response(200)))
        .isFalse();
    assertThat(isCompressed(request(HttpMethod.GET, HttpVersion.HTTP_1_0, "gzip"), response(200)))
        .isFalse();
    assertThat(isCompressed(get(), response(404))).isTrue();
    assertThat(isCompressed(get(), response(200, "Content-Length: 1024"))).isTrue();
  }

  @Test
  void headTellsOfItAndOfWhatIsNoLongerSo() {
    HttpResponse response =
        response(
            200, "ETag: \"a\"", "Content-Length: 5000", "Accept-Ranges: bytes", "Vary: Origin");

    assertThat(isCompressed(get(), response)).isTrue();

    assertThat(response.headers().get("ETag")).isEqualTo("W/\"a\"");
    assertThat(response.headers().contains("Content-Length")).isFalse();
    assertThat(response.headers().contains("Accept-Ranges")).isFalse();
    assertThat(response.headers().getAll("Vary")).containsExactly("Origin", "Accept-Encoding");
    HttpResponse again = response(200, "ETag: W/\"b\"", "Vary: accept-encoding");
    assertThat(isCompressed(get(), again)).isTrue();
    assertThat(again.headers().get("ETag")).isEqualTo("W/\"b\"");
    assertThat(again.headers().getAll("Vary")).containsExactly("accept-encoding");
    HttpResponse any = response(200, "Vary: *");
    assertThat(isCompressed(get(), any)).isTrue();
    assertThat(any.headers().getAll("Vary")).containsExactly("*");
  }

  private static HttpContent content(byte[] bytes) {
    return new DefaultHttpContent(Unpooled.wrappedBuffer(bytes));
  }

  private static byte[] taken(@Nullable HttpContent content) {
    if (content == null) {
      return new byte[0];
    }
    byte[] bytes = new byte[content.content().readableBytes()];
    content.content().readBytes(bytes);
    content.release();
    return bytes;
  }

  private static byte[] unzipped(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 65_536, 3_000_000})
  void contentComesOutAsItWentInWithItsTrailers(int size) throws Exception {
    for (boolean isText : List.of(true, false)) {
      byte[] bytes = new byte[size];
      Random random = new Random(size);
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) (isText ? 'a' + random.nextInt(4) : random.nextInt(256));
      }
      ResponseCompressor compressor = compressor();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int credited = 0;
      for (int at = 0; at < size; at += 40_000) {
        int end = Math.min(size, at + 40_000);
        out.writeBytes(taken(compressor.compress(content(Arrays.copyOfRange(bytes, at, end)))));
        credited += compressor.takenBytes();
      }
      LastHttpContent last = new DefaultLastHttpContent();
      last.trailingHeaders().set("X-Sum", "1");
      HttpContent end = compressor.compress(last);
      credited += compressor.takenBytes();

      assertThat(((LastHttpContent) end).trailingHeaders().get("X-Sum")).isEqualTo("1");
      out.writeBytes(taken(end));
      compressor.close();
      assertThat(unzipped(out.toByteArray())).isEqualTo(bytes);
      assertThat(credited).isEqualTo(size);
    }
  }

  @Test
  void whatIsFlushedIsThereAtOnce() throws Exception {
    ResponseCompressor compressor = compressor();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String text = "";

    for (String line : List.of("first\n", "second\n", "third\n")) {
      text += line;
      out.writeBytes(taken(compressor.compress(content(line.getBytes(StandardCharsets.UTF_8)))));
      out.writeBytes(taken(compressor.flush()));
      assertThat(compressor.flush()).isNull();
      GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(out.toByteArray()));
      assertThat(in.readNBytes(text.length())).asString(StandardCharsets.UTF_8).isEqualTo(text);
    }

    compressor.close();
    assertThat(compressor.flush()).isNull();
  }

  @Test
  void placesAreBoundedAndGivenBackOnce() {
    List<ResponseCompressor> all = new ArrayList<>();
    for (int i = 0; i < CompressionPlaces.MAX; i++) {
      all.add(compressor());
    }
    HttpResponse oneMore = response(200, "Content-Length: 5000");

    assertThat(compressor(get(), oneMore)).isNull();

    assertThat(oneMore.headers().get("Content-Length")).isEqualTo("5000");
    assertThat(oneMore.headers().get("Vary")).isEqualTo("Accept-Encoding");
    all.forEach(ResponseCompressor::close);
    all.forEach(ResponseCompressor::close);
    assertThat(places.taken()).isZero();
  }
}
