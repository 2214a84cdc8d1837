package dev.culvert.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * Decodes a visitor's HTTP/1 requests, and takes none that another reader of the same bytes could
 * understand in another way. Event loop only.
 *
 * <p>Netty's decoder refuses most of them: lines that end in LF alone, more than one way to say
 * where a body ends, blanks before a colon, control characters. What it lets pass fails here, and
 * comes out as a request or last content whose decoder result is a failure:
 *
 * <ul>
 *   <li>a request line that is not three words with one space between each, or whose protocol is
 *       not in capitals,
 *   <li>a field that goes on in the next line,
 *   <li>a second Content-Length, also with HTTP/1.0,
 *   <li>{@code Sec-WebSocket-Key1}: with it the decoder would take eight bytes behind a GET for its
 *       body, as a forgotten draft had it, and nobody else would,
 *   <li>more than {@link #MAX_FIELDS} fields.
 * </ul>
 */
class RequestDecoder extends HttpRequestDecoder {
  /** Fields of a request's head, and those behind its body. */
  static final int MAX_FIELDS = 100;

  private static final HttpDecoderConfig CONFIG =
      new HttpDecoderConfig()
          .setMaxInitialLineLength(HttpEdge.MAX_LINE_BYTES)
          .setMaxHeaderSize(HttpEdge.MAX_HEADER_BYTES)
          .setMaxChunkSize(HttpEdge.MAX_CHUNK_BYTES)
          .setStrictLineParsing(true)
          .setUseRfc9112TransferEncoding(true);

  private int wordEnd; // in the request line, of the word before
  private int fields;
  private boolean hasLength;
  private boolean isFolded;

  RequestDecoder() {
    super(CONFIG);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    int from = in.readerIndex();
    int before = out.size();
    super.decode(ctx, in, out);
    isFolded |= fields > 0 && hasFold(in, from, in.readerIndex());
    for (int i = before; i < out.size(); i++) {
      HttpObject part = (HttpObject) out.get(i);
      if (part instanceof HttpRequest || part instanceof LastHttpContent) {
        endFields(part);
      }
    }
  }

  /** Whether one of these lines, which are whole, goes on from the one before. */
  private static boolean hasFold(ByteBuf in, int from, int to) {
    int line = from;
    while (line < to) {
      byte first = in.getByte(line);
      if (first == HttpConstants.SP || first == HttpConstants.HT) {
        return true;
      }
      int end = in.indexOf(line, to, HttpConstants.LF);
      line = end < 0 ? to : end + 1;
    }
    return false;
  }

  private void endFields(HttpObject part) {
    if (isFolded && part.decoderResult().isSuccess()) {
      part.setDecoderResult(
          DecoderResult.failure(new IllegalArgumentException("a field goes on in the next line")));
    }
    fields = 0;
    hasLength = false;
    isFolded = false;
  }

  @Override
  protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
    wordEnd = -1;
    endWord(line, start, length);
    return super.splitFirstWordInitialLine(line, start, length);
  }

  @Override
  protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
    endWord(line, start, length);
    return super.splitSecondWordInitialLine(line, start, length);
  }

  @Override
  protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
    endWord(line, start, length);
    String protocol = super.splitThirdWordInitialLine(line, start, length);
    if (!protocol.startsWith("HTTP/")) {
      throw new IllegalArgumentException("the protocol is not HTTP, in capitals");
    }
    return protocol;
  }

  private void endWord(byte[] line, int start, int length) {
    if (start != wordEnd + 1 || (start > 0 && line[wordEnd] != HttpConstants.SP)) {
      throw new IllegalArgumentException("the request line's words are not a space apart");
    }
    wordEnd = start + length;
  }

  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    if (++fields > MAX_FIELDS) {
      throw new TooLongHttpHeaderException("more than " + MAX_FIELDS + " fields");
    }
    AsciiString name = super.splitHeaderName(line, start, length);
    if (HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
      if (hasLength) {
        throw new IllegalArgumentException("a second Content-Length");
      }
      hasLength = true;
    } else if (HttpHeaderNames.SEC_WEBSOCKET_KEY1.contentEqualsIgnoreCase(name)) {
      throw new IllegalArgumentException("a WebSocket draft's key");
    }
    return name;
  }
}
