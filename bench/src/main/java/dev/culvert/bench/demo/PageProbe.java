package dev.culvert.bench.demo;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Asks for the page, and knows it by status, type, title and a complete end. */
final class PageProbe implements Probe {
  private static final int MAX_PAGE_BYTES = 1 << 20;

  @Override
  public String name() {
    return "page";
  }

  @Override
  public void start(ProbeRun run) {
    run.connect(new HttpObjectAggregator(MAX_PAGE_BYTES), new Visit(run));
  }

  @Override
  public String progress() {
    return "the page was asked for";
  }

  private static final class Visit extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final ProbeRun run;

    Visit(ProbeRun run) {
      this.run = run;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(run.get("/")).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse answer) {
      String page = answer.content().toString(StandardCharsets.UTF_8);
      String type = answer.headers().get(HttpHeaderNames.CONTENT_TYPE, "none");
      if (!answer.status().equals(HttpResponseStatus.OK)) {
        run.fail("status " + answer.status() + " instead of 200 OK");
      } else if (!type.equals(Exchange.HTML)) {
        run.fail("content type " + type + " instead of " + Exchange.HTML);
      } else if (!page.contains("<title>" + SamplePage.TITLE + "</title>")
          || !page.endsWith("</html>\n")) {
        run.fail("this is not the sample app's page, or not all of it");
      } else {
        run.pass(answer.content().readableBytes() + " bytes of HTML");
      }
    }
  }
}
