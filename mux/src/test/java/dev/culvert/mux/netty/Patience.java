package dev.culvert.mux.netty;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.channel.EventLoop;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/** Waiting for another thread: long enough for a busy machine, and not for ever. */
public final class Patience {
  public static final long SECONDS_AT_MOST = 20;

  private Patience() {}

  /** The future's value; fails with its failure, or when time is up. */
  public static <T> T await(Future<T> future) throws Exception {
    return future.get(SECONDS_AT_MOST, SECONDS);
  }

  public static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T taken = queue.poll(SECONDS_AT_MOST, SECONDS);
    if (taken == null) {
      throw new AssertionError("nothing came within " + SECONDS_AT_MOST + " s");
    }
    return taken;
  }

  /** What {@code question} answers on the event loop. */
  public static <T> T ask(EventLoop loop, Callable<T> question) throws Exception {
    return await(loop.submit(question));
  }
}
