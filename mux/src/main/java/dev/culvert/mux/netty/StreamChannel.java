package dev.culvert.mux.netty;

import dev.culvert.mux.SessionEnd;
import dev.culvert.mux.Stream;
import dev.culvert.mux.StreamListener;
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
 * the connection, or its buffer has become a frame (decision 0007).
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

  private final StreamChannelConfig config = new StreamChannelConfig(this);
  private final StreamInput input;
  private final StreamOutput output = new StreamOutput(this);
  private final Listener listener = new Listener();
  private @Nullable Stream stream;
  private @Nullable StreamAddress address;
  private volatile boolean isOpen = true;
  private volatile boolean isInputShutdown;
  private volatile boolean isOutputShutdown;

  StreamChannel(MuxHandler mux, Channel connection) {
    super(connection);
    this.input = new StreamInput(this, mux);
  }

  void attach(Stream stream) {
    this.stream = stream;
    this.address = new StreamAddress(parent().id(), stream.id());
  }

  StreamListener listener() {
    return listener;
  }

  Stream stream() {
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
    input.creditMode(mode);
  }

  /**
   * Returns credit for {@code bytes} read under {@link CreditMode#ON_CONSUMED}; what was credited
   * before the mode changed is not credited twice. Any thread.
   */
  public void consumed(int bytes) {
    if (eventLoop().inEventLoop()) {
      input.consumed(bytes);
    } else {
      eventLoop().execute(() -> input.consumed(bytes));
    }
  }

  /**
   * Says that the buffers written from now on are alone in their memory: what is in front of their
   * first byte is nobody's, so that where there is room enough a frame's header goes there and the
   * buffer goes out without being copied. Event loop only.
   */
  void writesWithRoom() {
    output.expectRoom();
  }

  // Reading.

  @Override
  protected void doBeginRead() {
    input.read();
  }

  /** The connection's read cycle, in which the stream fired reads, is over. Event loop only. */
  void endReadCycle() {
    input.endReadCycle();
  }

  /** The peer has finished and everything it sent was fired. */
  void endInput() {
    if (isInputShutdown) {
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
      input.stopReading();
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
    output.flushed(in);
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
    } else {
      isOutputShutdown = true;
      output.finish(promise.unvoid());
    }
  }

  void closeIfFinished() {
    if (isInputShutdown && output.isFinished()) {
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
    input.clear();
    output.close();
  }

  private void fail(Exception cause) {
    if (isOpen) {
      isOutputShutdown = true;
      input.clear();
      pipeline().fireExceptionCaught(cause);
      unsafe().close(voidPromise());
    }
  }

  /** The session's side of the channel. */
  private final class Listener implements StreamListener {
    @Override
    public void onData(ByteBuf in, int bytes) {
      input.receive(in, bytes);
    }

    @Override
    public void onFin() {
      input.receiveFin();
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
      return output.hasData();
    }

    @Override
    public int pollData(ByteBuf out, int maxBytes) {
      return output.poll(out, maxBytes);
    }

    @Override
    public int frameBytes() {
      return output.frameBytes();
    }

    @Override
    public ByteBuf pollFrame() {
      return output.pollFrame();
    }

    @Override
    public void onFinSent() {
      output.finSent();
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

  private final class StreamUnsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
      promise.setFailure(new UnsupportedOperationException("a stream is opened by its session"));
    }
  }
}
