package dev.culvert.mux.netty;

import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.Stream;
import dev.culvert.mux.StreamListener;
import dev.culvert.mux.StreamState;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a session as a Netty channel, on the event loop of its connection.
 *
 * <p><b>Writing.</b> Messages are {@link ByteBuf}s. They stay in the channel's outbound buffer
 * until the session comes to take them, so {@link #isWritable} speaks of the queue, the stream's
 * credit and the connection at once. A write completes when its last byte has gone into a batch for
 * the connection.
 *
 * <p><b>Reading.</b> Bytes are fired while a read is pending; without one they wait, at most a
 * window of them, and the peer gets no credit. See {@link CreditMode}.
 *
 * <p><b>Ending.</b> {@link #shutdownOutput()} sends FIN behind all that was written. The peer's FIN
 * is {@link ChannelInputShutdownEvent}, behind all that was read. After both the channel closes.
 * {@link #close()} before that resets the stream. The peer's reset is a {@link
 * StreamResetException}, the end of the session a {@link SessionEndedException}, each before {@code
 * channelInactive}.
 */
public final class StreamChannel extends AbstractChannel implements DuplexChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  /** What one read without auto-read fires at most, give or take a frame. */
  private static final int READ_BYTES = 64 * 1024;

  private final MuxHandler mux;
  private final StreamChannelConfig config = new StreamChannelConfig(this);
  private final UnreadQueue unread = new UnreadQueue();
  private final Listener listener = new Listener();
  private @Nullable Stream stream;
  private @Nullable StreamAddress address;
  private @Nullable ChannelPromise finPromise;
  private volatile boolean isOpen = true;
  private volatile boolean isInputShutdown;
  private volatile boolean isOutputShutdown;
  private boolean isFinReceived;
  private boolean isFinSent;
  private boolean isReadPending;
  private int readableNowBytes;
  private long uncreditedBytes;
  private boolean isInReadCycle;
  private boolean isDelivering;

  StreamChannel(MuxHandler mux, Channel connection) {
    super(connection);
    this.mux = mux;
  }

  void attach(Stream stream) {
    this.stream = stream;
    this.address = new StreamAddress(parent().id(), stream.id());
  }

  StreamListener listener() {
    return listener;
  }

  private Stream stream() {
    if (stream == null) {
      throw new IllegalStateException("the channel has no stream yet");
    }
    return stream;
  }

  private StreamAddress address() {
    if (address == null) {
      throw new IllegalStateException("the channel has no stream yet");
    }
    return address;
  }

  /** Decides when the peer gets credit; {@link CreditMode#ON_READ} at first. Event loop only. */
  public void creditMode(CreditMode mode) {
    config.creditMode = mode;
  }

  /**
   * Returns credit for {@code bytes} read under {@link CreditMode#ON_CONSUMED}; what was credited
   * before the mode changed is not credited twice. Any thread.
   */
  public void consumed(int bytes) {
    if (eventLoop().inEventLoop()) {
      credit(bytes);
    } else {
      eventLoop().execute(() -> credit(bytes));
    }
  }

  private void credit(int bytes) {
    int owed = (int) Math.min(bytes, uncreditedBytes);
    uncreditedBytes -= owed;
    stream().consumed(owed);
  }

  // Reading.

  @Override
  protected void doBeginRead() {
    isReadPending = true;
    if (!isDelivering && !isInReadCycle && !unread.isEmpty()) {
      isInReadCycle = true;
      eventLoop()
          .execute(() -> {
            deliver();
            endReadCycle();
          });
    }
  }

  private void receive(ByteBuf payload) {
    if (!isOpen) {
      payload.release();
      return;
    }
    unread.add(payload, alloc());
    if (mayRead()) {
      if (!isInReadCycle) {
        isInReadCycle = true;
        mux.readCycleStarted(this);
      }
      deliver();
    }
  }

  private boolean mayRead() {
    return readableNowBytes > 0 || isReadPending || (isInReadCycle && config.isAutoRead());
  }

  /** Fires what waits, as far as reads have been asked for. */
  private void deliver() {
    if (isDelivering) {
      return;
    }
    isDelivering = true;
    try {
      while (mayRead() && !unread.isEmpty()) {
        if (readableNowBytes <= 0) {
          isReadPending = false;
          readableNowBytes = READ_BYTES;
        }
        ByteBuf payload = unread.remove();
        int bytes = payload.readableBytes();
        readableNowBytes -= bytes;
        uncreditedBytes += bytes;
        if (config.creditMode == CreditMode.ON_READ) {
          credit(bytes);
        }
        pipeline().fireChannelRead(payload);
      }
    } finally {
      isDelivering = false;
    }
  }

  /** The connection's read cycle is over, or the task that stood in for one. Event loop only. */
  void endReadCycle() {
    isInReadCycle = false;
    readableNowBytes = 0;
    if (isOpen) {
      pipeline().fireChannelReadComplete(); // under auto-read, asks for the next read
      if (isReadPending) {
        doBeginRead(); // one asked for within the cycle found it still going on
      }
      endInputIfDue();
    }
  }

  private boolean isEndOfInputDue() {
    return isFinReceived && !isInputShutdown && unread.isEmpty();
  }

  private void endInputIfDue() {
    if (!isEndOfInputDue() || !isOpen) {
      return;
    }
    isInputShutdown = true;
    if (!config.isAllowHalfClosure()) {
      unsafe().close(voidPromise());
      return;
    }
    pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
    closeIfFinished();
  }

  /** Auto-read was turned off: no read is pending any more. */
  void autoReadCleared() {
    if (eventLoop().inEventLoop()) {
      stopReading();
    } else {
      eventLoop().execute(this::stopReading);
    }
  }

  private void stopReading() {
    if (!config.isAutoRead()) { // else it was turned on again in the meantime
      isReadPending = false;
      readableNowBytes = 0;
    }
  }

  // Writing.

  @Override
  protected Object filterOutboundMessage(Object message) throws Exception {
    if (isOutputShutdown) {
      throw new ChannelOutputShutdownException("the output of stream " + address + " is shut down");
    }
    if (message instanceof ByteBuf) {
      return message;
    }
    throw new UnsupportedOperationException(
        "message: " + message.getClass().getName() + " (expected: ByteBuf)");
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) {
    dropEmpty(in);
    if (in.current() != null) {
      stream().dataReady();
    }
  }

  private static void dropEmpty(ChannelOutboundBuffer in) {
    while (in.current() instanceof ByteBuf bytes && !bytes.isReadable()) {
      in.remove();
    }
  }

  private int poll(ByteBuf out, int maxBytes) {
    ChannelOutboundBuffer in = unsafe().outboundBuffer();
    int polled = 0;
    while (in != null && polled < maxBytes && in.current() instanceof ByteBuf bytes) {
      int part = Math.min(bytes.readableBytes(), maxBytes - polled);
      out.writeBytes(bytes, bytes.readerIndex(), part);
      polled += part;
      if (part == bytes.readableBytes()) {
        in.remove();
      } else {
        in.removeBytes(part);
      }
      in = unsafe().outboundBuffer();
      if (in != null) {
        dropEmpty(in);
      }
    }
    return polled;
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    if (eventLoop().inEventLoop()) {
      finish(promise);
    } else {
      eventLoop().execute(() -> finish(promise));
    }
    return promise;
  }

  private void finish(ChannelPromise promise) {
    if (!isOpen) {
      promise.tryFailure(new ClosedChannelException());
    } else if (isFinSent) {
      promise.trySuccess();
    } else if (finPromise != null) {
      finPromise.addListener(done -> {
        if (done.isSuccess()) {
          promise.trySuccess();
        } else {
          promise.tryFailure(done.cause());
        }
      });
    } else {
      isOutputShutdown = true;
      finPromise = promise;
      unsafe().flush();
      stream().finish();
    }
  }

  private void closeIfFinished() {
    if (isInputShutdown && isFinSent) {
      unsafe().close(voidPromise());
    }
  }

  // Ending.

  @Override
  protected void doClose() {
    isOpen = false;
    if (stream != null) {
      stream.reset();
    }
    unread.clear();
    if (finPromise != null && !isFinSent) {
      finPromise.tryFailure(new ClosedChannelException());
    }
  }

  private void fail(Exception cause) {
    if (isOpen) {
      isOutputShutdown = true;
      unread.clear();
      pipeline().fireExceptionCaught(cause);
      unsafe().close(voidPromise());
    }
  }

  /** The session's side of the channel. */
  private final class Listener implements StreamListener {
    @Override
    public void onData(ByteBuf payload) {
      receive(payload);
    }

    @Override
    public void onFin() {
      isFinReceived = true;
      if (!isInReadCycle) {
        endInputIfDue();
      }
    }

    @Override
    public void onReset() {
      fail(new StreamResetException(address()));
    }

    @Override
    public void onSessionEnd(SessionEnd end) {
      fail(new SessionEndedException(end));
    }

    @Override
    public boolean hasData() {
      ChannelOutboundBuffer in = unsafe().outboundBuffer();
      return in != null && in.current() != null;
    }

    @Override
    public int pollData(ByteBuf out, int maxBytes) {
      return poll(out, maxBytes);
    }

    @Override
    public void onFinSent() {
      isFinSent = true;
      if (finPromise != null) {
        finPromise.trySuccess();
      }
      if (isOpen) {
        pipeline().fireUserEventTriggered(ChannelOutputShutdownEvent.INSTANCE);
        closeIfFinished();
      }
    }
  }

  // What a channel is asked.

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return isOpen;
  }

  @Override
  public boolean isActive() {
    return isOpen;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public boolean isInputShutdown() {
    return isInputShutdown || !isOpen;
  }

  @Override
  public boolean isOutputShutdown() {
    return isOutputShutdown || !isOpen;
  }

  @Override
  public boolean isShutdown() {
    return isInputShutdown() && isOutputShutdown();
  }

  /** Not offered: yamux cannot say that only the input ends; {@link #close()} resets the stream. */
  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return promise.setFailure(new UnsupportedOperationException("a stream's input ends with it"));
  }

  @Override
  public ChannelFuture shutdown() {
    return close();
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    return close(promise);
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new StreamUnsafe();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop.equals(parent().eventLoop());
  }

  @Override
  protected SocketAddress localAddress0() {
    return address();
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return address();
  }

  @Override
  protected void doBind(SocketAddress local) {
    throw new UnsupportedOperationException("a stream cannot be bound");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  /** Says how far the stream has come. */
  public StreamState state() {
    return stream().state();
  }

  private final class StreamUnsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
      promise.setFailure(new UnsupportedOperationException("a stream is opened by its session"));
    }
  }
}
