package dev.culvert.bench.demo;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /echo} with {@code text}. With {@code gate} and {@code parties} the answer waits
 * until that many requests wait at the gate of that name, 30 seconds at most; then it is a 503.
 */
final class Echo {
  private static final int MAX_PARTIES = 10_000;
  private static final int MAX_WAIT_SECONDS = 30;

  private final Exchange exchange;
  private @Nullable Future<?> timeout;
  private boolean answered;

  private Echo(Exchange exchange) {
    this.exchange = exchange;
  }

  static void start(Exchange exchange, Barriers barriers) {
    Query query = exchange.query();
    int parties = (int) query.number("parties", 1, 1, MAX_PARTIES);
    new Echo(exchange).waitAt(barriers, query.text("gate", ""), parties);
  }

  private void waitAt(Barriers barriers, String gate, int parties) {
    String text = exchange.query().text("text", "");
    if (parties == 1) {
      answer(HttpResponseStatus.OK, text);
      return;
    }
    var loop = exchange.channel().eventLoop();
    Runnable opened = () -> loop.execute(() -> answer(HttpResponseStatus.OK, text));
    timeout =
        loop.schedule(
            () -> {
              barriers.leave(gate, opened);
              answer(
                  HttpResponseStatus.SERVICE_UNAVAILABLE,
                  "gate " + gate + " did not see " + parties + " requests at once\n");
            },
            MAX_WAIT_SECONDS,
            TimeUnit.SECONDS);
    barriers.arrive(gate, parties, opened);
  }

  private void answer(HttpResponseStatus status, String body) {
    if (answered) {
      return;
    }
    answered = true;
    if (timeout != null) {
      timeout.cancel(false);
    }
    exchange.answer(status, Exchange.TEXT, body);
  }
}
