package dev.culvert.server.visitor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A connection that comes from an address of the test's choice; its time stands still. */
final class VisitorChannel extends EmbeddedChannel {
  private final InetSocketAddress remote;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private boolean isAccepted;

  VisitorChannel(String address) {
    remote = address(address, 4711);
    freezeTime();
  }

  static InetSocketAddress address(String text, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(text), port);
  }

  /** Has it pass {@code doorway}, behind which it notes what it gets. */
  VisitorChannel enter(Doorway doorway) {
    doorway.enter(
        this,
        channel -> {
          isAccepted = true;
          channel.pipeline().addLast(new Received());
        });
    return this;
  }

  void bring(byte[] bytes) {
    bring(Unpooled.copiedBuffer(bytes));
  }

  /** Takes {@code bytes}. */
  void bring(ByteBuf bytes) {
    if (isOpen()) {
      pipeline().fireChannelRead(bytes).fireChannelReadComplete();
      runPendingTasks();
    } else {
      bytes.release();
    }
  }

  void bring(String text) {
    bring(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void pass(long millis) {
    advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    runPendingTasks();
  }

  /** Ends it; what its handlers threw when they closed it is their way of saying so. */
  void leave() {
    close();
    releaseInbound();
    releaseOutbound();
  }

  boolean isAccepted() {
    return isAccepted;
  }

  String received() {
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return remote;
  }

  private final class Received extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      received.writeBytes(
          bytes.toString(StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1));
      bytes.release();
    }
  }
}
