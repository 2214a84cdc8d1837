package dev.culvert.bench.session;

import static java.util.Objects.requireNonNull;

import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.Carrier;
import dev.culvert.bench.carrier.MessageSender;
import dev.culvert.bench.carrier.Opener;
import dev.culvert.bench.carrier.Sink;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Opens channels, sends a few messages on each, and ends them; not all at once. One thread. */
final class Burst implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final int messages;
  private final int bytes;
  private final int atOnce;
  private final Semaphore slots;
  private final Tally received = new Tally();
  private final Tally failures = new Tally();
  private final Opener opener;
  private long expected;

  /**
   * Starts both ends.
   *
   * @param atOnce how many channels are open at most
   */
  Burst(Carrier carrier, Bearer bearer, Sockets sockets, int messages, int bytes, int atOnce)
      throws Exception {
    this.messages = messages;
    this.bytes = bytes;
    this.atOnce = atOnce;
    slots = new Semaphore(atOnce);
    opener = carrier.start(bearer, sockets, Sink.acceptor(received, (long) messages * bytes));
  }

  /** Opens {@code channels} one after the other; returns when all have ended at both ends. */
  void run(int channels) throws InterruptedException {
    for (int i = 0; i < channels; i++) {
      acquire(1);
      opener.open(new MessageSender(bytes, messages)).addListener(this::opened);
    }
    acquire(atOnce);
    slots.release(atOnce);
    expected += (long) channels * messages * bytes;
    received.await(expected);
    failures.await(0);
  }

  private void acquire(int count) throws InterruptedException {
    if (!slots.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "channels that did not end: " + (atOnce - slots.availablePermits()));
    }
  }

  private void opened(Future<?> done) {
    if (done.isSuccess()) {
      ((Channel) requireNonNull(done.getNow()))
          .closeFuture()
          .addListener(closed -> slots.release());
    } else {
      failures.fail(done.cause());
      slots.release();
    }
  }

  @Override
  public void close() {
    opener.close();
  }
}
