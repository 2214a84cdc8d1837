package dev.culvert.bench.demo;

import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Answers {@code /download} with {@link PatternBytes}: {@code bytes} of them from {@code seed}, in
 * one of three ways.
 *
 * <ul>
 *   <li>with a Content-Length;
 *   <li>{@code chunked=true}: without, and with the trailer X-Checksum-Sha256;
 *   <li>{@code close=true}: ended by the end of the connection, as is every answer without a length
 *       to an HTTP/1.0 visitor.
 * </ul>
 */
final class Download {
  static final String CHECKSUM = "x-checksum-sha256";

  private static final long MAX_BYTES = 1L << 40;

  private Download() {}

  /** Sends the head; the body follows when the caller resumes it. */
  static PatternBody start(Exchange exchange) {
    Query query = exchange.query();
    long bytes = query.number("bytes", 1 << 20, 0, MAX_BYTES);
    long seed = query.number("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE);
    HttpResponse head = exchange.head(HttpResponseStatus.OK, "application/octet-stream");
    head.headers().set(HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"pattern.bin\"");
    boolean delimitedByClose =
        query.says("close") || (query.says("chunked") && !exchange.isChunkable());
    boolean chunked = query.says("chunked") && !delimitedByClose;
    if (delimitedByClose) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (chunked) {
      HttpUtil.setTransferEncodingChunked(head, true);
      head.headers().set(HttpHeaderNames.TRAILER, CHECKSUM);
    } else {
      HttpUtil.setContentLength(head, bytes);
    }
    exchange.send(head);
    BodyDigest digest = chunked ? BodyDigest.ofSha256() : BodyDigest.ofLength();
    PatternBody body =
        new PatternBody(
            exchange.channel(),
            new PatternBytes(seed),
            digest,
            exchange.isHead() ? 0 : bytes,
            () -> chunked ? checksumTrailer(digest) : LastHttpContent.EMPTY_LAST_CONTENT);
    exchange.endsWith(body.finished());
    return body;
  }

  private static LastHttpContent checksumTrailer(BodyDigest digest) {
    LastHttpContent last = new DefaultLastHttpContent();
    last.trailingHeaders().set(CHECKSUM, digest.sha256Hex());
    return last;
  }
}
