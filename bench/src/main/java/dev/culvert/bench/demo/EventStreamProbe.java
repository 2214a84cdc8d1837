package dev.culvert.bench.demo;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads two server-sent events a second apart: the first must be here before the second is made,
 * which tells a stream from an answer that something on the way collects. Needs the app's clock to
 * be this machine's.
 */
final class EventStreamProbe implements Probe {
  private static final Pattern SENT_AT = Pattern.compile("\"sentAtMillis\":(\\d+)}\n\n");

  private volatile int events;

  @Override
  public String name() {
    return "event stream";
  }

  @Override
  public void start(ProbeRun run) {
    run.connect(new Reader(run));
  }

  @Override
  public String progress() {
    return events + " of 2 events";
  }

  private final class Reader extends SimpleChannelInboundHandler<HttpObject> {
    private final ProbeRun run;
    private final StringBuilder stream = new StringBuilder();
    private long firstHereAtMillis;

    Reader(ProbeRun run) {
      this.run = run;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(run.get("/events?count=2&intervalMillis=1000"))
          .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
      if (part instanceof HttpResponse head) {
        String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "none");
        if (head.status().code() != 200 || !type.equals("text/event-stream")) {
          run.fail("answered " + head.status() + " of type " + type + ": no event stream");
        }
      }
      if (part instanceof HttpContent piece) {
        stream.append(piece.content().toString(StandardCharsets.US_ASCII));
        count();
      }
      if (part instanceof LastHttpContent) {
        judge();
      }
    }

    private void count() {
      events = (int) SENT_AT.matcher(stream).results().count();
      if (events > 0 && firstHereAtMillis == 0) {
        firstHereAtMillis = System.currentTimeMillis();
      }
    }

    private void judge() {
      Matcher times = SENT_AT.matcher(stream);
      if (events != 2 || !times.find()) {
        run.fail("the stream ended with another number of events than 2");
        return;
      }
      long firstSentAtMillis = Long.parseLong(times.group(1));
      long lateMillis = firstHereAtMillis - firstSentAtMillis;
      if (times.find() && firstHereAtMillis < Long.parseLong(times.group(1))) {
        run.pass("first event here " + lateMillis + " ms after it was sent, before the second was");
      } else {
        run.fail(
            "the first event came "
                + lateMillis
                + " ms late, when the second was already sent:"
                + " something on the way holds the stream back");
      }
    }
  }
}
