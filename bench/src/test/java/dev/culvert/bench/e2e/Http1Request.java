package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A request in HTTP/1.1, its body in chunks. */
final class Http1Request implements OpenRequest {
  private final RawVisitor visitor;
  private boolean isChunked;
  private int left; // of the chunk, or of the answer

  Http1Request(URI url, String method, Body body, String... headers) throws Exception {
    visitor = RawVisitor.to(url);
    Stream<String> framing =
        body == Body.FOLLOWS ? Stream.of("transfer-encoding: chunked") : Stream.of();
    visitor.request(
        method, url.getPath(), Stream.concat(Stream.of(headers), framing).toArray(String[]::new));
  }

  @Override
  public void send(String part) throws Exception {
    visitor.send(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
  }

  @Override
  public void end(String... trailers) throws Exception {
    String lines = Stream.of(trailers).map(line -> line + "\r\n").collect(Collectors.joining());
    visitor.send("0\r\n" + lines + "\r\n");
  }

  @Override
  public Head head() throws Exception {
    RawVisitor.Head head = visitor.readHead();
    Map<String, String> headers = new LinkedHashMap<>();
    head.headers().forEach(line -> add(line, headers));
    isChunked = headers.containsKey("transfer-encoding");
    left = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Head(head.status(), headers);
  }

  private static void add(String line, Map<String, String> fields) {
    String[] field = line.split(":", 2);
    fields.put(field[0].toLowerCase(Locale.ROOT), field[1].strip());
  }

  @Override
  public String read(int bytes) throws Exception {
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      if (isChunked && left == 0) {
        left = Integer.parseInt(visitor.readLine(), 16);
        assertThat(left).as("bytes of the next chunk").isPositive();
      }
      byte[] part = visitor.in().readNBytes(Math.min(left, bytes - text.length()));
      assertThat(part).as("the rest, behind: %s", text).isNotEmpty();
      text.append(new String(part, StandardCharsets.ISO_8859_1));
      left -= part.length;
      if (isChunked && left == 0) {
        assertThat(visitor.readLine()).isEmpty();
      }
    }
    return text.toString();
  }

  @Override
  public Map<String, String> awaitEnd() throws Exception {
    assertThat(left).isZero();
    Map<String, String> trailers = new LinkedHashMap<>();
    if (isChunked) {
      assertThat(visitor.readLine()).isEqualTo("0");
      for (String line = visitor.readLine(); !line.isEmpty(); line = visitor.readLine()) {
        add(line, trailers);
      }
    }
    return trailers;
  }

  @Override
  public void leave() throws Exception {
    visitor.close();
  }

  @Override
  public void cut() throws Exception {
    visitor.socket().setSoLinger(true, 0);
    visitor.close();
  }

  @Override
  public void close() throws IOException {
    visitor.close();
  }
}
