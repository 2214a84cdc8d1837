package dev.culvert.client.link;

import dev.culvert.mux.control.ControlCodec;
import dev.culvert.mux.control.MalformedMessageException;
import dev.culvert.mux.control.ServerMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Reads what the server says on the control stream. */
final class ControlHandler extends ByteToMessageDecoder {
  private final Link link;

  ControlHandler(Link link) {
    this.link = link;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      ServerMessage message = ControlCodec.readServerMessage(in);
      if (message != null) {
        link.received(message);
      }
    } catch (MalformedMessageException e) {
      in.skipBytes(in.readableBytes());
      link.failed("sent " + e.getMessage());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The session's end, which the link hears of from the session itself.
  }
}
