package dev.culvert.server.edge;

import dev.culvert.mux.control.MalformedMessageException;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.netty.StreamChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A local service's end of one connection from the edge, behind the preamble. Blocking. */
final class ServiceConnection {
  private static final String FINISHED = "FIN";
  private static final String CUT = "RST";

  private final StreamChannel stream;
  private final BlockingQueue<String> input = new LinkedBlockingQueue<>();
  private final StringBuilder received = new StringBuilder();

  ServiceConnection(StreamChannel stream) {
    this.stream = stream;
  }

  ChannelHandler handler() {
    return new Preamble();
  }

  StreamChannel stream() {
    return stream;
  }

  /** Says whether the service takes the connection. */
  void answer(StreamStatus status) {
    ByteBuf bytes = Unpooled.buffer();
    status.write(bytes);
    stream.writeAndFlush(bytes);
  }

  /** What came up to and with the next empty line. */
  String readHead() throws InterruptedException {
    return readTo("\r\n\r\n");
  }

  /** Whether something came that has not been read. */
  boolean hasMore() {
    return !received.isEmpty() || !input.isEmpty();
  }

  /** What came up to and with {@code end}. */
  String readTo(String end) throws InterruptedException {
    int at;
    while ((at = received.indexOf(end)) < 0) {
      String more = next();
      if (more.equals(FINISHED) || more.equals(CUT)) {
        throw new AssertionError(more + " after: " + received);
      }
      received.append(more);
    }
    String text = received.substring(0, at + end.length());
    received.delete(0, at + end.length());
    return text;
  }

  /** Waits for the end, past whatever comes before it; whether it was an orderly one. */
  boolean awaitFinish() throws InterruptedException {
    String more = next();
    while (!more.equals(FINISHED) && !more.equals(CUT)) {
      more = next();
    }
    return more.equals(FINISHED);
  }

  /** What came before the connection was cut; an orderly end is a failure. */
  String readToCut() throws InterruptedException {
    String more = next();
    while (!more.equals(CUT)) {
      if (more.equals(FINISHED)) {
        throw new AssertionError("not cut, but finished after: " + received);
      }
      received.append(more);
      more = next();
    }
    return received.toString();
  }

  /** Waits until both directions have ended. */
  void awaitClosed() throws InterruptedException {
    if (!stream.closeFuture().await(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the connection is still open");
    }
  }

  private String next() throws InterruptedException {
    String more = input.poll(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (more == null) {
      throw new AssertionError("nothing more came after: " + received);
    }
    return more;
  }

  /** Sends {@code text}, a character a byte. */
  void send(String text) {
    stream.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  /** Sends a whole response with a body of that text. */
  void respond(String body) {
    send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  /** Sends so many chunks of a chunked body. */
  void sendChunks(int count, int bytes) {
    byte[] content = new byte[bytes];
    for (int i = 0; i < count; i++) {
      send(Integer.toHexString(bytes) + "\r\n");
      stream.writeAndFlush(Unpooled.wrappedBuffer(content));
      send("\r\n");
    }
  }

  /** What was sent and has not left. */
  long unsentBytes() throws Exception {
    return stream
        .eventLoop()
        .submit(() -> stream.unsafe().outboundBuffer().totalPendingWriteBytes())
        .get(EdgeGround.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  void stopReading() throws Exception {
    stream.eventLoop().submit(() -> stream.config().setAutoRead(false)).sync();
  }

  /** Ends the output in order. */
  void finish() {
    stream.shutdownOutput();
  }

  /** Cuts the connection. */
  void cut() {
    stream.close();
  }

  private final class Preamble extends ByteToMessageDecoder {
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws MalformedMessageException {
      if (StreamOpen.read(in) != null) {
        ctx.pipeline().addLast(new Inbox());
        ctx.pipeline().remove(this);
      }
    }
  }

  private final class Inbox extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      input.add(bytes.toString(StandardCharsets.ISO_8859_1));
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        input.add(FINISHED);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      input.add(CUT);
    }
  }
}
