package dev.culvert.bench.demo;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends many requests, each on a connection of its own, to a gate in the app that opens when all of
 * them wait there; so all are in flight at once, or none is answered. Each must get its own answer.
 */
final class BurstProbe implements Probe {
  private static final int MAX_ANSWER_BYTES = 64 << 10;

  private final int requests;
  private final String gate = UUID.randomUUID().toString();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();

  BurstProbe(int requests) {
    this.requests = requests;
  }

  @Override
  public String name() {
    return "burst";
  }

  @Override
  public void start(ProbeRun run) {
    for (int number = 0; number < requests; number++) {
      run.connect(new HttpObjectAggregator(MAX_ANSWER_BYTES), new Visit(run, number));
    }
  }

  @Override
  public String progress() {
    return String.format(
        Locale.ROOT, "%,d of %,d asked, %,d answered", asked.get(), requests, answered.get());
  }

  private final class Visit extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final ProbeRun run;
    private final String text;

    Visit(ProbeRun run, int number) {
      this.run = run;
      this.text = ("visitor-" + number + "-").repeat(1 + number % 10) + gate;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      asked.incrementAndGet();
      String path = "/echo?text=" + text + "&gate=" + gate + "&parties=" + requests;
      ctx.writeAndFlush(run.get(path)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse answer) {
      String body = answer.content().toString(StandardCharsets.UTF_8);
      if (answer.status().code() != 200) {
        run.fail("status " + answer.status() + " instead of 200 OK: " + body.strip());
      } else if (!body.equals(text)) {
        run.fail("asked for " + text + " and was answered " + body.strip());
      } else if (answered.incrementAndGet() == requests) {
        run.pass(String.format(Locale.ROOT, "%,d in flight at once, each its own", requests));
      }
    }
  }
}
