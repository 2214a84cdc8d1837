package dev.culvert.server.edge;

import dev.culvert.mux.netty.RelayEnd;
import dev.culvert.mux.netty.RelayLeg;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.util.function.Consumer;

/**
 * The local service's side of one {@link Exchange}. The methods are for the user's event loop.
 *
 * <p>A response is handed over as {@link Visitor} takes it, whatever the service speaks: headers
 * that are for one connection are gone, and so are those that only the edge may set.
 */
interface Upstream {
  /** Who has the connection for one request and response. Called on its own event loop. */
  interface User {
    /** The local service has taken the connection. */
    default void onReached() {}

    /** Takes a part of the response. */
    void onResponse(HttpObject part);

    /** The parts of one read have all come: time to flush, and to ask for more. */
    void onReadComplete();

    /** The response will not be completed. */
    void onFailure(Throwable cause);
  }

  /** Writes the head of the request. */
  void send(RequestHead head);

  /** Writes a part of the request, which is taken; {@code done} hears on the user's loop. */
  void write(HttpContent part, GenericFutureListener<Future<? super Void>> done);

  void flush();

  /** Asks for more of the response. */
  void read();

  /** So many bytes of the response's content have been taken by the visitor, or dropped. */
  void taken(int bytes);

  /** Request and response are complete: the connection may serve another. */
  void release();

  /** Cuts the exchange: the local service sees that nobody waits for its response. */
  void abort();

  /** After a 101: joins the connection to the visitor's, bytes from here on. */
  void join(RelayLeg visitor, Consumer<RelayEnd> onEnd);
}
