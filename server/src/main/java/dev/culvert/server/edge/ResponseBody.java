package dev.culvert.server.edge;

import dev.culvert.server.log.RequestTrace;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * The content of one response on its way to the visitor, compressed where it has a compressor. The
 * service gets credit for what the visitor has taken. On the visitor's event loop.
 */
final class ResponseBody {
  private final Visitor visitor;
  private final RequestTrace trace;
  private @Nullable ResponseCompressor compressor;

  ResponseBody(Visitor visitor, RequestTrace trace) {
    this.visitor = visitor;
    this.trace = trace;
  }

  /** Has what follows compressed; null for as it is. */
  void compressWith(@Nullable ResponseCompressor wanted) {
    compressor = wanted;
  }

  /** Writes a part, which is taken. */
  void write(HttpContent part, @Nullable Upstream from) {
    if (compressor == null) {
      write(part, part.content().readableBytes(), from);
      return;
    }
    HttpContent compressed = compressor.compress(part);
    if (compressed.content().isReadable() || compressed instanceof LastHttpContent) {
      write(compressed, compressor.takenBytes(), from);
    } else {
      compressed.release();
    }
  }

  /** Writes what the compressor has kept back: nothing more comes for now. */
  void flush(@Nullable Upstream from) {
    if (compressor != null) {
      HttpContent compressed = compressor.flush();
      if (compressed != null) {
        write(compressed, compressor.takenBytes(), from);
      }
    }
  }

  /** {@code bytes} is what the service gets credit for. */
  private void write(HttpContent part, int bytes, @Nullable Upstream from) {
    trace.sent(part.content().readableBytes());
    if (part.content().isReadable()) {
      visitor.write(
          part,
          done -> {
            if (from != null) {
              from.taken(bytes);
            }
          });
    } else {
      visitor.write(part);
    }
  }

  void close() {
    if (compressor != null) {
      compressor.close();
    }
  }
}
