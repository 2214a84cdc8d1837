package dev.culvert.bench.demo;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** A group of NIO event loops whose threads have ended when {@link #close} returns. */
final class EventLoops implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(5);

  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final EventLoopGroup group;
  private final ChannelGroup channels;

  /** Daemon threads named {@code name-n-m}, so that a forgotten group never holds the JVM. */
  EventLoops(String name, int count) {
    ThreadFactory factory = new DefaultThreadFactory(name, true);
    List<Thread> started = threads;
    group =
        new MultiThreadIoEventLoopGroup(
            count,
            task -> {
              Thread thread = factory.newThread(task);
              started.add(thread);
              return thread;
            },
            NioIoHandler.newFactory());
    channels = new DefaultChannelGroup(group.next(), true);
  }

  EventLoopGroup group() {
    return group;
  }

  /**
   * Has the channel closed with the group; at once, if that is closed already.
   *
   * <p>Netty alone does not close every channel of a group that shuts down without a quiet period:
   * a loop that learns of it in the midst of its tasks ends at once, and a listener stays open.
   */
  void own(Channel channel) {
    channels.add(channel);
  }

  /**
   * Closes every channel the group owns and waits for its threads. Never call it on one of them.
   */
  @Override
  public void close() {
    channels.close().awaitUninterruptibly();
    group.shutdownGracefully(0, END.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
    try {
      for (Thread thread : threads) {
        thread.join(END);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
