package dev.culvert.bench.demo;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;

/**
 * Answers {@code /events} with server-sent events: one at once, then one each {@code
 * intervalMillis}, {@code count} in all.
 *
 * <p>An event's data is JSON with its {@code number}, how many there will be ({@code of}), and when
 * it was made ({@code sentAtMillis}, by the app's clock), by which a reader sees whether something
 * on the way holds events back.
 */
final class EventTicker {
  private static final int MAX_COUNT = 60;
  private static final int MAX_INTERVAL_MILLIS = 10_000;

  private final Exchange exchange;
  private final long count;
  private final long intervalMillis;
  private long number;

  private EventTicker(Exchange exchange) {
    this.exchange = exchange;
    this.count = exchange.query().number("count", MAX_COUNT, 1, MAX_COUNT);
    this.intervalMillis = exchange.query().number("intervalMillis", 1_000, 1, MAX_INTERVAL_MILLIS);
  }

  static void start(Exchange exchange) {
    EventTicker ticker = new EventTicker(exchange);
    HttpResponse head = exchange.head(HttpResponseStatus.OK, "text/event-stream");
    HttpUtil.setTransferEncodingChunked(head, exchange.isChunkable());
    exchange.send(head);
    if (exchange.isHead()) {
      exchange.end(LastHttpContent.EMPTY_LAST_CONTENT);
    } else {
      ticker.tick();
    }
  }

  private void tick() {
    if (!exchange.channel().isActive()) {
      return;
    }
    number++;
    String event =
        ("id: " + number + "\n")
            + ("data: {\"number\":" + number + ",\"of\":" + count)
            + (",\"sentAtMillis\":" + System.currentTimeMillis() + "}\n\n");
    exchange.send(new DefaultHttpContent(ByteBufUtil.writeUtf8(exchange.channel().alloc(), event)));
    if (number == count) {
      exchange.end(LastHttpContent.EMPTY_LAST_CONTENT);
    } else {
      var _ =
          exchange
              .channel()
              .eventLoop()
              .schedule(this::tick, intervalMillis, TimeUnit.MILLISECONDS);
    }
  }
}
