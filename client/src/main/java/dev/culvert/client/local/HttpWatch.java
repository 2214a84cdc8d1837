package dev.culvert.client.local;

import dev.culvert.client.local.RequestRecord.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ByteProcessor;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Watch} of a connection of HTTP/1.1.
 *
 * <p>What it does not understand ends the watching, never the connection: a request that cannot be
 * read is the last one it looks for, and a response that cannot be read is reported as cut. A
 * connection that leaves HTTP, for a WebSocket, is one request until it ends. At most {@value
 * #MAX_PIPELINED} requests are remembered, each with the first {@value #MAX_TARGET_CHARS}
 * characters of its target; beyond that no further ones are looked for.
 */
final class HttpWatch implements Watch {
  private static final int MAX_PIPELINED = 128;
  private static final int MAX_HEAD_BYTES = 128 * 1024;
  private static final int MAX_METHOD_CHARS = 32;
  private static final int MAX_TARGET_CHARS = 4096;
  private static final String NOT_HTTP = "the service's answer is no HTTP/1.1";

  /** A request whose response is not over. */
  private record Pending(String method, String target, Instant start, long startNanos) {}

  private final int tunnel;
  private final RequestLog log;
  private final RequestDecoder requestDecoder = new RequestDecoder();
  private final EmbeddedChannel requests = new EmbeddedChannel(requestDecoder, new Requests());
  private final EmbeddedChannel responses =
      new EmbeddedChannel(new ResponseDecoder(), new Responses());
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final Instant opened = Instant.now();
  private final long openedNanos = System.nanoTime();
  private int status; // of the response that is coming in; zero between two of them
  private long responseBytes;
  private boolean isRequestBegun;
  private long firstByteNanos;
  private Instant firstByte = Instant.EPOCH;
  private boolean areRequestsReadable = true;
  private boolean isWatching = true;
  private boolean isUpgraded; // what follows the 101 is counted, not read
  private @Nullable String unreachable; // why the service is
  private boolean isConnectionEnded;
  private boolean isReleased;

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

  @Override
  public ChannelInboundHandler requestTap() {
    return Watch.tap(bytes -> show(this::requestBytes, bytes));
  }

  @Override
  public ChannelInboundHandler responseTap() {
    return Watch.tap(bytes -> show(this::responseBytes, bytes));
  }

  private void show(Consumer<ByteBuf> watcher, ByteBuf bytes) {
    if (!isWatching) {
      return;
    }
    try {
      watcher.accept(bytes);
    } catch (RuntimeException e) {
      isWatching = false; // a log that fails must not take the connection with it
    }
    releaseIfOver();
  }

  private void requestBytes(ByteBuf bytes) {
    if (!areRequestsReadable) {
      return;
    }
    if (!isRequestBegun && bytes.forEachByte(ByteProcessor.FIND_NON_CRLF) != -1) {
      beginRequest();
    }
    requests.writeInbound(bytes.retainedSlice());
    if (!isRequestBegun && requestDecoder.holdsBytes()) {
      beginRequest();
    }
  }

  private void beginRequest() {
    isRequestBegun = true;
    firstByteNanos = System.nanoTime();
    firstByte = Instant.now();
  }

  private void responseBytes(ByteBuf bytes) {
    if (isUpgraded) {
      responseBytes += bytes.readableBytes();
    } else {
      responses.writeInbound(bytes.retainedSlice());
    }
  }

  private void requestPart(HttpObject part) {
    if (!areRequestsReadable) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      areRequestsReadable = false;
      return;
    }
    if (part instanceof HttpRequest request) {
      if (!isRequestBegun) {
        beginRequest();
      }
      pending.add(
          new Pending(
              start(request.method().name(), MAX_METHOD_CHARS),
              start(request.uri(), MAX_TARGET_CHARS),
              firstByte,
              firstByteNanos));
      areRequestsReadable = pending.size() < MAX_PIPELINED;
      if (unreachable != null) {
        reportUnreachable(unreachable);
      }
    }
    if (part instanceof LastHttpContent) {
      isRequestBegun = false;
    }
  }

  private static String start(String text, int maxChars) {
    return text.length() <= maxChars ? text : text.substring(0, maxChars);
  }

  private void responsePart(HttpObject part) {
    if (!isWatching || isUpgraded) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      cut(isConnectionEnded ? "" : NOT_HTTP);
      isWatching = false;
      return;
    }
    if (part instanceof HttpResponse head) {
      status = head.status().code();
      responseBytes = 0;
    }
    if (part instanceof HttpContent content) {
      responseBytes += content.content().readableBytes();
    }
    if (part instanceof LastHttpContent) {
      responseEnded();
    }
  }

  private void responseEnded() {
    if (status == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
      isUpgraded = true;
      areRequestsReadable = false;
      return;
    }
    int ended = status;
    status = 0;
    if (ended < 100 || ended >= 200) {
      report(ended, Outcome.COMPLETE, "");
    }
  }

  private void report(int responseStatus, Outcome outcome, String note) {
    Pending request = pending.poll();
    if (request != null) {
      log.onRequest(
          new RequestRecord(
              tunnel,
              request.start(),
              request.method(),
              request.target(),
              responseStatus,
              System.nanoTime() - request.startNanos(),
              responseBytes,
              outcome,
              note));
      responseBytes = 0;
    }
  }

  /** Reports every request as cut, the first one with what there is of its response. */
  private void cut(String note) {
    while (!pending.isEmpty()) {
      report(status, Outcome.CUT, note);
      status = 0;
    }
  }

  @Override
  public void serviceUnreachable(String reason) {
    unreachable = reason;
    if (!pending.isEmpty()) {
      reportUnreachable(reason);
      releaseIfOver();
    }
  }

  @Override
  public boolean isWatching() {
    return isWatching;
  }

  private void reportUnreachable(String reason) {
    report(HttpResponseStatus.BAD_GATEWAY.code(), Outcome.UNREACHABLE, reason);
    isWatching = false;
    areRequestsReadable = false;
  }

  @Override
  public void connectionEnded(@Nullable Throwable cause) {
    isConnectionEnded = true;
    String note = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
    if (isWatching && unreachable != null) { // and no request has come
      pending.add(new Pending("", "", opened, openedNanos));
      reportUnreachable(unreachable);
    } else if (isWatching && isUpgraded) {
      report(status, cause == null ? Outcome.UPGRADED : Outcome.CUT, note);
    } else if (isWatching) {
      if (cause == null) {
        responses.finish(); // ends a response that lasts until the connection does
      }
      cut(note);
    }
    isWatching = false;
    releaseIfOver();
  }

  /** Not from within a decoder, which would lose what it is reading. */
  private void releaseIfOver() {
    if ((!isWatching || isUpgraded) && !isReleased) {
      isReleased = true;
      requests.finishAndReleaseAll();
      responses.finishAndReleaseAll();
    }
  }

  /** Tells whether a request that follows has begun. */
  private static final class RequestDecoder extends HttpRequestDecoder {
    RequestDecoder() {
      super(config());
    }

    boolean holdsBytes() {
      return actualReadableBytes() > 0;
    }
  }

  /** Knows which responses have no body: their request's method says so, or their status. */
  private final class ResponseDecoder extends HttpResponseDecoder {
    ResponseDecoder() {
      super(config());
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
      Pending request = pending.peek();
      return (request != null && request.method().equals("HEAD"))
          || ((HttpResponse) message).status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)
          || super.isContentAlwaysEmpty(message);
    }
  }

  /** Takes each part before the next one is decoded, which may depend on it. */
  private final class Requests extends SimpleChannelInboundHandler<HttpObject> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
      requestPart(part);
    }
  }

  /** Takes each part before the next one is decoded, which may depend on it. */
  private final class Responses extends SimpleChannelInboundHandler<Object> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Object part) {
      if (part instanceof HttpObject http) {
        responsePart(http);
      } else if (part instanceof ByteBuf behindUpgrade) {
        responseBytes += behindUpgrade.readableBytes();
      }
    }
  }
}
