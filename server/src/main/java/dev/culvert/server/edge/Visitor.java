package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayLeg;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The visitor's side of one {@link Exchange}: where the response goes, and more of the request
 * comes from. On the visitor's event loop.
 *
 * <p>A response is the same whatever the visitor speaks: a head whose headers are end-to-end only,
 * content, and a last content with the trailers. How its end is told to the visitor, and what
 * follows on the connection, is decided here.
 */
interface Visitor {
  EventExecutor loop();

  /** Where its connection comes from; null where it was gone early. */
  @Nullable InetSocketAddress address();

  /** The name that it asked for in TLS; null where it named none, or uses no TLS. */
  @Nullable String serverName();

  /** Whether the visitor takes what is written to it. */
  boolean isWritable();

  /** Reads on in the request where {@link Exchange#wantsRequest}. */
  void readIfWanted();

  /** Writes a part of the response, which is taken. An informational head is whole in itself. */
  void write(HttpObject part);

  /** Writes content, which is taken; {@code done} hears on the visitor's loop. */
  void write(HttpContent content, GenericFutureListener<Future<? super Void>> done);

  void flush();

  /** The response has been written to its end. */
  void answered();

  /** Answers in the local service's place, where no part of a response was written. */
  void answer(HttpRefusal refusal);

  /** Whether {@link #abort} tells a {@link ServiceResetException} as what it is. */
  boolean takesResets();

  /** Makes sure that what was written of a response is not taken for all of it. */
  void abort(Throwable cause);

  /** Writes a 101, or what it is here; then the visitor can be a {@link #leg}. */
  Future<?> switchProtocols(HttpResponse response);

  /** The visitor without HTTP, as one leg of a relay. */
  RelayLeg leg();

  /** The relay has its place in the pipeline: lets it have what comes. */
  void giveUpPlace();
}
