package dev.culvert.mux.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.util.function.Supplier;

/**
 * One side of a {@link Relay}, with the two ways in which it can end.
 *
 * <p>To <i>finish</i> is to end the output in order once the last byte is written: FIN, {@code
 * shutdownOutput} or close_notify. To <i>abort</i> is to make sure that the other end does not take
 * what it has for the whole: RST, on a stream or on a socket, with nothing sent before it.
 */
public final class RelayLeg {
  /** What the end of a leg's input means for its output. */
  enum HalfClose {
    /** The leg can still be written. */
    KEPT,
    /** Nobody is there to read: what the other side still sends is dropped. */
    ENDS_BOTH
  }

  private final Channel channel;
  private final HalfClose halfClose;
  private final Supplier<ChannelFuture> endOfOutput;

  private RelayLeg(Channel channel, HalfClose halfClose, Supplier<ChannelFuture> endOfOutput) {
    this.channel = channel;
    this.halfClose = halfClose;
    this.endOfOutput = endOfOutput;
  }

  /** A stream, or a plain socket that allows half-closure. */
  public static RelayLeg of(DuplexChannel channel) {
    return new RelayLeg(channel, HalfClose.KEPT, () -> shutdownOutput(channel));
  }

  /**
   * A channel whose handlers make the end of its input a {@link
   * io.netty.channel.socket.ChannelInputShutdownEvent}, and can still be written then.
   *
   * @param end ends the output in order; called on the channel's event loop
   */
  public static RelayLeg of(Channel channel, Supplier<ChannelFuture> end) {
    return new RelayLeg(channel, HalfClose.KEPT, end);
  }

  /**
   * Sends FIN. An epoll socket is asked itself, past Netty, which first builds an exception with
   * its stack trace for the writes that still wait: none do, and that was a twentieth of the CPU of
   * a short connection.
   */
  private static ChannelFuture shutdownOutput(DuplexChannel channel) {
    if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
      try {
        socket.shutdown(false, true);
        return channel.newSucceededFuture();
      } catch (IOException | NotYetConnectedException e) { // the second: reset behind its FIN
        return channel.newFailedFuture(e);
      }
    }
    return channel.shutdownOutput();
  }

  /**
   * A socket under TLS. Its handlers must turn the peer's close_notify into {@link
   * io.netty.channel.socket.ChannelInputShutdownEvent}.
   *
   * @param closeNotify sends ours; called on the channel's event loop
   */
  public static RelayLeg ofTls(SocketChannel channel, Supplier<ChannelFuture> closeNotify) {
    return new RelayLeg(channel, HalfClose.ENDS_BOTH, closeNotify);
  }

  Channel channel() {
    return channel;
  }

  HalfClose halfClose() {
    return halfClose;
  }

  /** Closes the connection in order, both directions being finished. The leg's event loop only. */
  void close() {
    disarm(channel);
    channel.close();
  }

  /** Ends the output; all that was written must have completed. The leg's event loop only. */
  ChannelFuture finish() {
    return endOfOutput.get();
  }

  /** Cuts the connection so that the other end notices. The leg's event loop only. */
  void abort() {
    abort(channel);
  }

  /**
   * Cuts {@code channel} below its handlers, so that none of them says a polite goodbye: a stream
   * is reset, a socket is closed with linger 0. The channel's event loop only.
   */
  public static void abort(Channel channel) {
    arm(channel);
    channel.unsafe().close(channel.unsafe().voidPromise());
  }

  /**
   * Has the kernel reset a socket, rather than close it, should this process be killed: what was
   * sent until then is not all there was. The channel's event loop only.
   */
  public static void arm(Channel channel) {
    setLinger(channel, 0);
  }

  /** The end is near and in order: undoes {@link #arm}. The channel's event loop only. */
  public static void disarm(Channel channel) {
    setLinger(channel, -1);
  }

  private static void setLinger(Channel channel, int seconds) {
    if (channel instanceof SocketChannel socket && socket.isOpen()) {
      try {
        socket.config().setSoLinger(seconds);
      } catch (ChannelException e) {
        // The peer has closed it already, and some kernels then refuse.
      }
    }
  }
}
