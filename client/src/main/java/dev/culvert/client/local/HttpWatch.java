package dev.culvert.client.local;

import dev.culvert.client.local.RequestRecord.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Instant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Reads along with one connection of HTTP/1.1, without a hand in it, and reports each request as it
 * completes.
 *
 * <p>Event loop only. What it does not understand ends the watching, never the connection. At most
 * {@value #MAX_PIPELINED} requests are remembered; beyond that it stops as well.
 */
final class HttpWatch {
  private static final int MAX_PIPELINED = 128;
  private static final int MAX_HEAD_BYTES = 128 * 1024;

  /** A request whose response is not over. */
  private record Pending(HttpMethod method, String target, Instant start, long startNanos) {}

  private final int tunnel;
  private final RequestLog log;
  private final EmbeddedChannel requests = new EmbeddedChannel(new HttpRequestDecoder(config()));
  private final EmbeddedChannel responses = new EmbeddedChannel(new ResponseDecoder());
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private @Nullable HttpResponse response;
  private long responseBytes;
  private long firstByteNanos = -1;
  private @Nullable Instant firstByte;
  private boolean isWatching = true;

  HttpWatch(int tunnel, RequestLog log) {
    this.tunnel = tunnel;
    this.log = log;
  }

  private static HttpDecoderConfig config() {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(MAX_HEAD_BYTES)
        .setMaxHeaderSize(MAX_HEAD_BYTES)
        .setMaxChunkSize(MAX_HEAD_BYTES)
        .setValidateHeaders(false);
  }

  /** Sees the bytes that go to the service. */
  ChannelInboundHandler requestTap() {
    return new Tap(this::requestBytes);
  }

  /** Sees the bytes that come from the service. */
  ChannelInboundHandler responseTap() {
    return new Tap(this::responseBytes);
  }

  private void requestBytes(ByteBuf bytes) {
    if (firstByteNanos == -1) {
      firstByteNanos = System.nanoTime();
      firstByte = Instant.now();
    }
    requests.writeInbound(bytes.retainedDuplicate());
    Object part;
    while ((part = requests.readInbound()) != null) {
      if (part instanceof HttpMessage head && isUnreadable(head)) {
        return;
      }
      if (part instanceof HttpRequest request) {
        pending.add(
            new Pending(
                request.method(),
                request.uri(),
                firstByte == null ? Instant.now() : firstByte,
                firstByteNanos));
      }
      if (part instanceof LastHttpContent) {
        firstByteNanos = -1;
      }
      ReferenceCountUtil.release(part);
    }
    if (pending.size() > MAX_PIPELINED) {
      stop();
    }
  }

  private boolean isUnreadable(HttpMessage head) {
    if (head.decoderResult().isFailure()) {
      stop();
      return true;
    }
    return false;
  }

  private void responseBytes(ByteBuf bytes) {
    responses.writeInbound(bytes.retainedDuplicate());
    readResponses();
  }

  private void readResponses() {
    Object part;
    while (isWatching && (part = responses.readInbound()) != null) {
      if (part instanceof HttpMessage head && isUnreadable(head)) {
        return;
      }
      if (part instanceof HttpResponse head) {
        response = head;
        responseBytes = 0;
      }
      if (part instanceof HttpContent content) {
        responseBytes += content.content().readableBytes();
      }
      ReferenceCountUtil.release(part);
      if (part instanceof LastHttpContent) {
        responseEnded();
      }
    }
  }

  private void responseEnded() {
    HttpResponse ended = response;
    response = null;
    if (ended == null) {
      return;
    }
    if (ended.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      report(ended.status().code(), Outcome.UPGRADED, "");
      stop();
    } else if (!ended.status().codeClass().equals(HttpStatusClass.INFORMATIONAL)) {
      report(ended.status().code(), Outcome.COMPLETE, "");
    }
  }

  private void report(int status, Outcome outcome, String note) {
    Pending request = pending.poll();
    if (request != null) {
      log.onRequest(
          new RequestRecord(
              tunnel,
              request.start(),
              request.method().name(),
              request.target(),
              status,
              System.nanoTime() - request.startNanos(),
              responseBytes,
              outcome,
              note));
      responseBytes = 0;
    }
  }

  /** The connection is over; {@code cause} is null where it ended in order. */
  void connectionEnded(@Nullable Throwable cause) {
    if (isWatching && cause == null) {
      responses.finish(); // ends a response that lasts until the connection does
      readResponses();
    }
    if (isWatching) {
      int status = response == null ? 0 : response.status().code();
      String note = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
      while (!pending.isEmpty()) {
        report(status, Outcome.CUT, note);
        status = 0;
      }
    }
    stop();
  }

  private void stop() {
    if (isWatching) {
      isWatching = false;
      pending.clear();
      requests.finishAndReleaseAll();
      responses.finishAndReleaseAll();
    }
  }

  /** Knows which responses have no body: their request's method says so. */
  private final class ResponseDecoder extends HttpResponseDecoder {
    ResponseDecoder() {
      super(config());
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
      Pending request = pending.peek();
      return (request != null && request.method().equals(HttpMethod.HEAD))
          || super.isContentAlwaysEmpty(message);
    }
  }

  private interface Watcher {
    void bytes(ByteBuf bytes);
  }

  /** Shows each buffer to the watch before it goes on. */
  private final class Tap extends ChannelInboundHandlerAdapter {
    private final Watcher watcher;

    Tap(Watcher watcher) {
      this.watcher = watcher;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (isWatching && message instanceof ByteBuf bytes) {
        watcher.bytes(bytes);
      }
      ctx.fireChannelRead(message);
    }
  }
}
