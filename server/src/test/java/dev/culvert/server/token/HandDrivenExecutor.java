package dev.culvert.server.token;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs nothing until told to, and takes as many tasks as it was made for. One thread. */
final class HandDrivenExecutor extends AbstractExecutorService {
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final int capacity;
  private boolean shutdown;

  HandDrivenExecutor(int capacity) {
    this.capacity = capacity;
  }

  int waiting() {
    return waiting.size();
  }

  void runAll() {
    for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
      task.run();
    }
  }

  @Override
  public void execute(Runnable task) {
    if (shutdown || waiting.size() == capacity) {
      throw new RejectedExecutionException("full or shut down");
    }
    waiting.add(task);
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    return List.copyOf(waiting);
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && waiting.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }
}
