package dev.culvert.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.List;

/**
 * Looks at the header of each frame of a visitor before it is decoded, and ends the connection
 * where frames come out of their order ({@link Http2StreamOrder}) or bring nothing, too often
 * ({@link Http2FrameBudget}). Event loop only.
 */
final class Http2FrameGuard extends DecoratingHttp2ConnectionDecoder {
  private static final int LENGTH_BYTES = 3;

  /** Settings are answered, and looked at by every stream; nobody sends them often. */
  private static final int SETTINGS_COST = 100;

  /** Windows that grow by less are counted: many such frames say what one could. */
  private static final int MIN_INCREMENT_BYTES = 1024;

  private final Http2StreamOrder order = new Http2StreamOrder();
  private final Http2FrameBudget budget = new Http2FrameBudget();
  private int refused; // the highest that was
  private boolean isOver; // the connection has failed: nothing more of it is read

  Http2FrameGuard(Http2ConnectionDecoder decoder) {
    super(decoder);
  }

  @Override
  public void decodeFrame(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws Http2Exception {
    try {
      while (!isOver && in.readableBytes() >= Http2CodecUtil.FRAME_HEADER_LENGTH) {
        int payloadBytes = in.getUnsignedMedium(in.readerIndex());
        if (payloadBytes > Http2CodecUtil.DEFAULT_MAX_FRAME_SIZE) {
          payloadBytes = 0; // it is refused for its header
        }
        int frameBytes = Http2CodecUtil.FRAME_HEADER_LENGTH + payloadBytes;
        if (in.readableBytes() < frameBytes) {
          return;
        }
        receive(ctx, in.readSlice(frameBytes), out);
      }
    } catch (Http2Exception e) {
      isOver = !Http2Exception.isStreamError(e);
      throw e;
    } catch (RuntimeException e) {
      isOver = true;
      throw e;
    } finally {
      if (isOver) {
        in.skipBytes(in.readableBytes());
      }
    }
  }

  private void receive(ChannelHandlerContext ctx, ByteBuf frame, List<Object> out)
      throws Http2Exception {
    int start = frame.readerIndex() + LENGTH_BYTES;
    byte type = frame.getByte(start);
    boolean isLast = (frame.getByte(start + 1) & Http2Flags.END_STREAM) != 0;
    int stream = frame.getInt(start + 2) & Integer.MAX_VALUE;
    boolean isHead = type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION;
    switch (type) {
      case Http2FrameTypes.HEADERS -> order.receiveHead(stream, isLast);
      case Http2FrameTypes.DATA -> order.receiveData(stream, isLast);
      case Http2FrameTypes.CONTINUATION -> {} // belongs to a head, whose size is bounded
      case Http2FrameTypes.SETTINGS -> spend(ctx, SETTINGS_COST);
      case Http2FrameTypes.WINDOW_UPDATE -> {
        if (connection().stream(stream) == null || increment(frame) < MIN_INCREMENT_BYTES) {
          spend(ctx, 1);
        } // else it is the window's own bound that counts
      }
      default -> spend(ctx, 1);
    }
    if (isHead) {
      decodeHead(ctx, frame, out);
    } else if (stream <= refused && stream > connection().remote().lastStreamCreated()) {
      passOver(type, frame);
    } else {
      super.decodeFrame(ctx, frame, out);
    }
  }

  /**
   * Decodes a part of a head. A stream whose first head cannot be read has begun all the same: what
   * follows on it is late, and no reason to end the connection.
   */
  private void decodeHead(ChannelHandlerContext ctx, ByteBuf frame, List<Object> out)
      throws Http2Exception {
    try {
      super.decodeFrame(ctx, frame, out);
    } catch (Http2Exception.StreamException e) {
      if (!connection().streamMayHaveExisted(e.streamId())) {
        refused = e.streamId();
        connection().remote().createStream(refused, false); // throws where there are too many
      }
      throw e;
    }
  }

  /** What comes on a stream that was refused counts in the connection's window, and no more. */
  private void passOver(byte type, ByteBuf frame) throws Http2Exception {
    if (type == Http2FrameTypes.DATA) {
      ByteBuf data = frame.skipBytes(Http2CodecUtil.FRAME_HEADER_LENGTH);
      flowController().receiveFlowControlledFrame(null, data, 0, false);
    }
  }

  private static int increment(ByteBuf frame) {
    int start = frame.readerIndex() + Http2CodecUtil.FRAME_HEADER_LENGTH;
    int end = frame.readerIndex() + frame.readableBytes();
    return end - start < Integer.BYTES ? 0 : frame.getInt(start) & Integer.MAX_VALUE;
  }

  private void spend(ChannelHandlerContext ctx, int frames) throws Http2Exception {
    if (!budget.spend(frames, ctx.executor().ticker().nanoTime())) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "too many frames that bring nothing");
    }
  }
}
