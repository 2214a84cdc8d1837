package dev.culvert.mux.socket;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the I/O events that the event loops of another factory handle. */
final class CountingIo implements IoHandlerFactory {
  private final IoHandlerFactory counted;
  private final AtomicLong events = new AtomicLong();

  CountingIo(IoHandlerFactory counted) {
    this.counted = counted;
  }

  /** Events handled so far; any thread. */
  long events() {
    return events.get();
  }

  @Override
  public IoHandler newHandler(ThreadAwareExecutor executor) {
    return new Handler(counted.newHandler(executor), events);
  }

  @Override
  public boolean isChangingThreadSupported() {
    return counted.isChangingThreadSupported();
  }

  private record Handler(IoHandler counted, AtomicLong events) implements IoHandler {
    @Override
    public void initialize() {
      counted.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      int handled = counted.run(context);
      events.addAndGet(handled);
      return handled;
    }

    @Override
    public void prepareToDestroy() {
      counted.prepareToDestroy();
    }

    @Override
    public void destroy() {
      counted.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return counted.register(handle);
    }

    @Override
    public void wakeup() {
      counted.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return counted.isCompatible(handleType);
    }
  }
}
