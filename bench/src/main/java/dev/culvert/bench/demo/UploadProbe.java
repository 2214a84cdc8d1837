package dev.culvert.bench.demo;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Uploads a long body; the app's length and checksum of it must be those of what was sent. */
final class UploadProbe implements Probe {
  private static final int MAX_ANSWER_BYTES = 64 << 10;

  private final long totalBytes;
  private volatile @Nullable PatternBody body;

  UploadProbe(long totalBytes) {
    this.totalBytes = totalBytes;
  }

  @Override
  public String name() {
    return "upload";
  }

  @Override
  public void start(ProbeRun run) {
    run.connect(new HttpObjectAggregator(MAX_ANSWER_BYTES), new Sender(run));
  }

  @Override
  public String progress() {
    PatternBody started = body;
    return Throughput.ofTotal(started == null ? 0 : started.sentBytes(), totalBytes) + " sent";
  }

  private final class Sender extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final ProbeRun run;
    private final BodyDigest digest = BodyDigest.ofSha256();
    private final long startNanos = System.nanoTime();

    Sender(ProbeRun run) {
      this.run = run;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      HttpRequest request = run.post("/upload");
      request
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
      HttpUtil.setContentLength(request, totalBytes);
      ctx.write(request).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      PatternBody sending =
          new PatternBody(
              ctx.channel(),
              new PatternBytes(2),
              digest,
              totalBytes,
              () -> LastHttpContent.EMPTY_LAST_CONTENT);
      body = sending;
      sending.resume();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      PatternBody sending = body;
      if (sending != null) {
        sending.resume();
      }
      ctx.fireChannelWritabilityChanged();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse answer) {
      String text = answer.content().toString(StandardCharsets.UTF_8);
      if (answer.status().code() != 200) {
        run.fail("status " + answer.status() + " instead of 200 OK");
      } else if (digest.bytes() < totalBytes) {
        run.fail("answered before all was sent");
      } else {
        String expected = BodyDigest.json(totalBytes, digest.sha256Hex());
        if (text.equals(expected)) {
          run.pass(Throughput.since(startNanos, totalBytes) + ", checksum right");
        } else {
          run.fail("answered " + text.strip() + " instead of " + expected.strip());
        }
      }
    }
  }
}
