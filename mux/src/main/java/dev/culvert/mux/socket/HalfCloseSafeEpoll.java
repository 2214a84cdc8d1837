package dev.culvert.mux.socket;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's native epoll, kept from losing a socket that is half-closed and idle.
 *
 * <p><b>What Netty does.</b> After the peer's FIN a channel that allows half-closure stops watching
 * for input, and while it has nothing to write it watches for nothing: it submits {@link
 * EpollIoOps#NONE}. The handler answers by deleting the descriptor from the epoll set, because a
 * watched descriptor reports errors and hang-ups whether asked for or not, over and over, and a
 * reset peer would spin the loop. But the registration still counts as added, so when the next full
 * send buffer asks for {@code EPOLLOUT} the handler modifies an entry that is not there, the kernel
 * says {@code ENOENT}, and the channel treats that as a failed write: everything unsent is dropped
 * and the peer reads a clean end of file.
 *
 * <p><b>What this does.</b> It passes {@link EpollIoOps#EPOLLET} where the channel says {@code
 * NONE}: no events wanted, edge-triggered. The descriptor stays in the set, so the next change
 * finds it. Nothing else is touched.
 *
 * <p><b>Why it is safe.</b>
 *
 * <ul>
 *   <li>No spin: edge-triggered, an error or hang-up is reported when it happens, and not again.
 *   <li>Nothing is missed: every later change of interest makes the kernel look at the socket anew
 *       and report what is ready at that moment, so no edge is swallowed. A reset is seen by the
 *       next write, which fails, just as on a socket outside the set.
 *   <li>Nothing leaks: {@code cancel} and {@code close} delete the descriptor as they always do.
 *   <li>A descriptor not yet in the set is added by {@code EPOLLET} instead of being left out; all
 *       it can report is one hang-up, on which a channel does nothing.
 *   <li>The channel's own view of its interest is unchanged: it never reads back what was
 *       submitted, and it hands every event to itself, not through the registration.
 * </ul>
 *
 * <p>Nothing is allocated per event or per change of interest. An event loop of this factory is not
 * {@code isIoType(EpollIoHandler.class)}; it is compatible with the same channels.
 *
 * <p>Thread rules are those of {@link IoHandler}: this adds no state.
 */
final class HalfCloseSafeEpoll implements IoHandlerFactory {
  private final IoHandlerFactory epoll = EpollIoHandler.newFactory();

  @Override
  public IoHandler newHandler(ThreadAwareExecutor executor) {
    return new Handler(epoll.newHandler(executor));
  }

  @Override
  public boolean isChangingThreadSupported() {
    return epoll.isChangingThreadSupported();
  }

  private record Handler(IoHandler epoll) implements IoHandler {
    @Override
    public void initialize() {
      epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
      epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
      epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return new Registration(epoll.register(handle));
    }

    @Override
    public void wakeup() {
      epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return epoll.isCompatible(handleType);
    }
  }

  private record Registration(IoRegistration epoll) implements IoRegistration {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // the interface's signature
    public <T> T attachment() {
      return epoll.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      return epoll.submit(isNone(ops) ? EpollIoOps.EPOLLET : ops);
    }

    @Override
    public boolean isValid() {
      return epoll.isValid();
    }

    @Override
    public boolean cancel() {
      return epoll.cancel();
    }

    /** By value: Netty makes further instances that equal {@link EpollIoOps#NONE}. */
    private static boolean isNone(IoOps ops) {
      return ops instanceof EpollIoOps epollOps && epollOps.value() == 0;
    }
  }
}
