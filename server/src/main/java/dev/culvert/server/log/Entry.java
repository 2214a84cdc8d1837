package dev.culvert.server.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one line of the access log is made of. Immutable; texts are cut when it is made, so that
 * what waits to be written takes a bounded place.
 */
public sealed interface Entry {
  /** Characters of the longest text that is kept. */
  int MAX_TEXT = 2048;

  private static String cut(String text, int chars) {
    return text.length() <= chars ? text : text.substring(0, chars) + "...";
  }

  private static @Nullable String cutIfAny(@Nullable String text, int chars) {
    return text == null ? null : cut(text, chars);
  }

  /**
   * A request.
   *
   * @param time when its head had arrived
   * @param address the visitor's
   * @param host what it is for
   * @param owner the client that has the tunnel; null where there is none
   * @param method as the visitor wrote it, as are {@code target}, {@code referer} and {@code agent}
   * @param protocol such as {@code HTTP/1.1}
   * @param status what it was answered with; 0 where it was not
   * @param millis from its head to the last byte of the answer
   * @param bytesIn of its body
   * @param bytesOut of the answer's body
   * @param id see {@code X-Request-Id}
   * @param error why the edge answered, or cut the answer; null where it did not
   */
  record Request(
      Instant time,
      String address,
      String host,
      @Nullable String owner,
      String method,
      String target,
      String protocol,
      int status,
      long millis,
      long bytesIn,
      long bytesOut,
      String id,
      @Nullable String referer,
      @Nullable String agent,
      @Nullable String error)
      implements Entry {
    public Request {
      host = cut(host, 255);
      owner = cutIfAny(owner, 128);
      method = cut(method, 32);
      target = cut(target, MAX_TEXT);
      protocol = cut(protocol, 16);
      id = cut(id, 64);
      referer = cutIfAny(referer, 1024);
      agent = cutIfAny(agent, 512);
      error = cutIfAny(error, 64);
    }

    /** The same without what stands behind question marks. */
    Request withoutQuery() {
      return new Request(
          time,
          address,
          host,
          owner,
          method,
          beforeQuery(target),
          protocol,
          status,
          millis,
          bytesIn,
          bytesOut,
          id,
          referer == null ? null : beforeQuery(referer),
          agent,
          error);
    }

    private static String beforeQuery(String url) {
      int query = url.indexOf('?');
      return query < 0 ? url : url.substring(0, query);
    }
  }

  /**
   * A connection to a TCP tunnel.
   *
   * @param time when it came
   * @param address the visitor's
   * @param tunnel the public port, as {@code tcp/PORT}
   * @param owner the client that has the tunnel
   * @param millis how long it lasted
   * @param bytesIn from the visitor
   * @param bytesOut to the visitor
   * @param error why it was turned away or cut; null where it ended in order
   */
  record Connection(
      Instant time,
      String address,
      String tunnel,
      String owner,
      long millis,
      long bytesIn,
      long bytesOut,
      @Nullable String error)
      implements Entry {
    public Connection {
      owner = cut(owner, 128);
      error = cutIfAny(error, 256);
    }
  }
}
