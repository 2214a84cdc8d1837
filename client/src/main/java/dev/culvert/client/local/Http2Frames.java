package dev.culvert.client.local;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Finds the heads and ends of messages in one direction of a connection of HTTP/2 (RFC 9113,
 * section 4). Content is counted and not kept; of a head no more than {@value #MAX_BLOCK_BYTES}
 * bytes are. Event loop only.
 */
final class Http2Frames {
  /** Hears what was found. */
  interface Listener {
    void onHead(int stream, Http2Headers head);

    void onContent(int stream, int bytes);

    void onEnd(int stream);

    void onReset(int stream, long code);
  }

  private static final int HEADER_BYTES = 9;
  private static final int MAX_BLOCK_BYTES = 128 * 1024;
  private static final int MAX_TABLE_BYTES = 64 * 1024; // as far as services are asked to go
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;
  private static final int PADDED = 0x8;
  private static final int PRIORITY = 0x20;
  private static final int PRIORITY_BYTES = 5;

  private final Listener listener;
  private final DefaultHttp2HeadersDecoder decoder;
  private final ByteBuf header = Unpooled.buffer(HEADER_BYTES);
  private final ByteBuf kept = Unpooled.buffer(); // of the frame's payload, where it matters
  private final ByteBuf block = Unpooled.buffer(); // of a head, whose frames may be several
  private int skipped; // bytes still to come that are no frame
  private int payload; // bytes still to come of the frame
  private int type;
  private int flags;
  private int stream;
  private boolean blockEndsStream;

  /** Skips so many bytes before the first frame. */
  Http2Frames(int prefaceBytes, Listener listener) throws Http2Exception {
    this.listener = listener;
    this.skipped = prefaceBytes;
    decoder = new DefaultHttp2HeadersDecoder(false, MAX_BLOCK_BYTES);
    decoder.configuration().maxHeaderTableSize(MAX_TABLE_BYTES);
  }

  /** Looks at {@code bytes}, which are borrowed and stay as they are. */
  void show(ByteBuf bytes) throws Http2Exception {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    int skip = Math.min(skipped, end - at);
    skipped -= skip;
    at += skip;
    while (at < end) {
      if (header.readableBytes() < HEADER_BYTES) {
        int taken = Math.min(HEADER_BYTES - header.readableBytes(), end - at);
        header.writeBytes(bytes, at, taken);
        at += taken;
        if (header.readableBytes() == HEADER_BYTES) {
          begin();
        }
      } else {
        int taken = Math.min(payload, end - at);
        if (isKept()) {
          keep(bytes, at, taken);
        }
        payload -= taken;
        at += taken;
      }
      if (header.readableBytes() == HEADER_BYTES && payload == 0) {
        finish();
        header.clear();
      }
    }
  }

  private void begin() {
    payload = header.getUnsignedMedium(0);
    type = header.getUnsignedByte(3);
    flags = header.getUnsignedByte(4);
    stream = header.getInt(5) & Integer.MAX_VALUE;
    if (type == Http2FrameTypes.DATA) {
      listener.onContent(stream, payload); // with the padding, which hardly anyone uses
    }
  }

  private boolean isKept() {
    return type == Http2FrameTypes.HEADERS
        || type == Http2FrameTypes.CONTINUATION
        || type == Http2FrameTypes.RST_STREAM;
  }

  private void keep(ByteBuf bytes, int at, int length) throws Http2Exception {
    if (kept.readableBytes() + block.readableBytes() + length > MAX_BLOCK_BYTES) {
      throw new Http2Exception(Http2Error.ENHANCE_YOUR_CALM);
    }
    kept.writeBytes(bytes, at, length);
  }

  private void finish() throws Http2Exception {
    switch (type) {
      case Http2FrameTypes.DATA -> {
        if ((flags & END_STREAM) != 0) {
          listener.onEnd(stream);
        }
      }
      case Http2FrameTypes.HEADERS -> {
        blockEndsStream = (flags & END_STREAM) != 0;
        int padding = (flags & PADDED) != 0 ? kept.readUnsignedByte() : 0;
        kept.skipBytes((flags & PRIORITY) != 0 ? PRIORITY_BYTES : 0);
        block.writeBytes(kept, kept.readableBytes() - padding);
        finishBlock();
      }
      case Http2FrameTypes.CONTINUATION -> {
        block.writeBytes(kept);
        finishBlock();
      }
      case Http2FrameTypes.RST_STREAM -> listener.onReset(stream, kept.readUnsignedInt());
      default -> {}
    }
    kept.clear();
  }

  private void finishBlock() throws Http2Exception {
    if ((flags & END_HEADERS) != 0) {
      Http2Headers head = decoder.decodeHeaders(stream, block);
      block.clear();
      listener.onHead(stream, head);
      if (blockEndsStream) {
        listener.onEnd(stream);
      }
    }
  }
}
