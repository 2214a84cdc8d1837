package dev.culvert.client.local;

import dev.culvert.client.local.RequestRecord.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandler;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Watch} of a connection of HTTP/2. What it does not understand ends the watching, never
 * the connection. At most {@value #MAX_REQUESTS} requests are remembered, each with the first
 * {@value #MAX_TARGET_CHARS} characters of its target.
 */
final class Http2Watch implements Watch {
  private static final int MAX_REQUESTS = 128;
  private static final int MAX_METHOD_CHARS = 32;
  private static final int MAX_TARGET_CHARS = 4096;

  /** A request whose response is not over. */
  private static final class Pending {
    private final String method;
    private final String target;
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private int status;
    private long responseBytes;

    Pending(String method, String target) {
      this.method = method;
      this.target = target;
    }
  }

  private final int tunnel;
  private final RequestLog log;
  private final Map<Integer, Pending> pending = new LinkedHashMap<>();
  private final Http2Frames requests;
  private final Http2Frames responses;
  private boolean isWatching = true;
  private @Nullable String unreachable; // why the service is

  Http2Watch(int tunnel, RequestLog log) {
    this.tunnel = tunnel;
    this.log = log;
    try {
      int prefaceBytes = Http2CodecUtil.connectionPrefaceBuf().readableBytes();
      requests = new Http2Frames(prefaceBytes, new Requests());
      responses = new Http2Frames(0, new Responses());
    } catch (Http2Exception e) {
      throw new IllegalStateException(e); // only for a table that cannot be
    }
  }

  @Override
  public ChannelInboundHandler requestTap() {
    return Watch.tap(bytes -> show(requests, bytes));
  }

  @Override
  public ChannelInboundHandler responseTap() {
    return Watch.tap(bytes -> show(responses, bytes));
  }

  private void show(Http2Frames frames, ByteBuf bytes) {
    if (!isWatching) {
      return;
    }
    try {
      frames.show(bytes);
    } catch (Http2Exception | RuntimeException e) { // a log must not take the connection with it
      cut("it is no HTTP/2");
      isWatching = false;
    }
  }

  @Override
  public boolean isWatching() {
    return isWatching;
  }

  @Override
  public void serviceUnreachable(String reason) {
    unreachable = reason;
    if (!pending.isEmpty()) {
      reportUnreachable(reason);
    }
  }

  private void reportUnreachable(String reason) {
    pending
        .values()
        .forEach(request -> {
          request.status = HttpResponseStatus.BAD_GATEWAY.code();
          report(request, Outcome.UNREACHABLE, reason);
        });
    pending.clear();
    isWatching = false;
  }

  @Override
  public void connectionEnded(@Nullable Throwable cause) {
    if (isWatching && unreachable != null) { // and no request has come
      pending.put(0, new Pending("", ""));
      reportUnreachable(unreachable);
    } else if (isWatching) {
      cut(cause == null || cause.getMessage() == null ? "" : cause.getMessage());
    }
    isWatching = false;
  }

  private void cut(String note) {
    pending.values().forEach(request -> report(request, Outcome.CUT, note));
    pending.clear();
  }

  private void report(Pending request, Outcome outcome, String note) {
    log.onRequest(
        new RequestRecord(
            tunnel,
            request.start,
            request.method,
            request.target,
            request.status,
            System.nanoTime() - request.startNanos,
            request.responseBytes,
            outcome,
            note));
  }

  private static String start(@Nullable CharSequence text, int maxChars) {
    if (text == null) {
      return "";
    }
    return text.length() <= maxChars ? text.toString() : text.toString().substring(0, maxChars);
  }

  private final class Requests implements Http2Frames.Listener {
    @Override
    public void onHead(int stream, Http2Headers head) {
      if (head.method() != null && pending.size() < MAX_REQUESTS) { // else they are trailers
        pending.put(
            stream,
            new Pending(
                start(head.method(), MAX_METHOD_CHARS), start(head.path(), MAX_TARGET_CHARS)));
        if (unreachable != null) {
          reportUnreachable(unreachable);
        }
      }
    }

    @Override
    public void onContent(int stream, int bytes) {
      // Only what the service answers is counted.
    }

    @Override
    public void onEnd(int stream) {
      // The response may take its time.
    }

    @Override
    public void onReset(int stream, long code) {
      reset(stream, "the visitor gave it up");
    }
  }

  private final class Responses implements Http2Frames.Listener {
    @Override
    public void onHead(int stream, Http2Headers head) {
      Pending request = pending.get(stream);
      if (request != null && head.status() != null) {
        request.status = HttpResponseStatus.parseLine(head.status()).code();
      }
    }

    @Override
    public void onContent(int stream, int bytes) {
      Pending request = pending.get(stream);
      if (request != null) {
        request.responseBytes += bytes;
      }
    }

    @Override
    public void onEnd(int stream) {
      Pending request = pending.remove(stream);
      if (request != null) {
        report(request, Outcome.COMPLETE, "");
      }
    }

    @Override
    public void onReset(int stream, long code) {
      Http2Error error = Http2Error.valueOf(code);
      reset(stream, "the service reset it" + (error == null ? "" : ": " + error));
    }
  }

  private void reset(int stream, String note) {
    Pending request = pending.remove(stream);
    if (request != null) {
      report(request, Outcome.CUT, note);
    }
  }
}
