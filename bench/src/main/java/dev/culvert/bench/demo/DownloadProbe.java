package dev.culvert.bench.demo;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Downloads a long body and holds every byte against the generator it came from, which shows, other
 * than a checksum, where the first wrong byte is.
 */
final class DownloadProbe implements Probe {
  private static final long SEED = 3;

  private final long totalBytes;
  private final AtomicLong receivedBytes = new AtomicLong();

  DownloadProbe(long totalBytes) {
    this.totalBytes = totalBytes;
  }

  @Override
  public String name() {
    return "download";
  }

  @Override
  public void start(ProbeRun run) {
    run.connect(new Receiver(run));
  }

  @Override
  public String progress() {
    return Throughput.ofTotal(receivedBytes.get(), totalBytes) + " received";
  }

  private final class Receiver extends SimpleChannelInboundHandler<HttpObject> {
    private final ProbeRun run;
    private final PatternBytes expected = new PatternBytes(SEED);
    private final long startNanos = System.nanoTime();

    Receiver(ProbeRun run) {
      this.run = run;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      String path = "/download?bytes=" + totalBytes + "&seed=" + SEED;
      ctx.writeAndFlush(run.get(path)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
      if (part instanceof HttpResponse head) {
        long announced = HttpUtil.getContentLength(head, -1L);
        if (head.status().code() != 200 || announced != totalBytes) {
          run.fail(
              "answered "
                  + head.status()
                  + " with length "
                  + announced
                  + " instead of 200 OK with length "
                  + totalBytes);
        }
      }
      if (part instanceof HttpContent piece) {
        int bytes = piece.content().readableBytes();
        int agreed = expected.mismatch(piece.content());
        if (agreed >= 0) {
          run.fail("byte " + (receivedBytes.get() + agreed) + " is wrong");
          var _ = ctx.close();
          return;
        }
        receivedBytes.addAndGet(bytes);
      }
      if (part instanceof LastHttpContent) {
        if (receivedBytes.get() == totalBytes) {
          run.pass(Throughput.since(startNanos, totalBytes) + ", every byte right");
        } else {
          run.fail("the body has another length than " + totalBytes);
        }
      }
    }
  }
}
