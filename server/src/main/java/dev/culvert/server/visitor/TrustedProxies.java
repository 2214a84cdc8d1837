package dev.culvert.server.visitor;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Proxies in front of this server whose word about visitors is taken, and the headers it is in.
 *
 * <p>A proxy that appends to one kind of header mostly passes the other on as the visitor wrote it,
 * so only one kind is believed. Immutable.
 *
 * @param networks where they are
 * @param dialect the headers in which they tell
 */
public record TrustedProxies(Networks networks, Dialect dialect) {
  public static final TrustedProxies NONE = new TrustedProxies(Networks.NONE, Dialect.X_FORWARDED);

  /** Addresses in a chain; what is beyond is not looked at. */
  static final int MAX_HOPS = 32;

  private static final InetAddress UNKNOWN = InetAddress.ofLiteral("0.0.0.0");

  private static final int MAX_ID_CHARS = 64;

  /** Nothing that means something to a log, a shell or a page. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:+/=@-]{1," + MAX_ID_CHARS + "}");

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]{1,255}");

  /** In which headers a proxy tells of the visitor. */
  public enum Dialect {
    /** {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. */
    X_FORWARDED,
    /** {@code Forwarded} (RFC 7239). */
    FORWARDED;

    /** Reads {@code x-forwarded} or {@code forwarded}. */
    public static Dialect parse(String text) {
      for (Dialect dialect : values()) {
        if (dialect.toString().equals(text)) {
          return dialect;
        }
      }
      throw new IllegalArgumentException(
          "headers of proxies: " + text + " (expected: x-forwarded or forwarded)");
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What one proxy says: who came to it, and perhaps how. */
  record Hop(InetAddress address, @Nullable String scheme, @Nullable String host) {}

  /**
   * Finds out who asks. The chain is followed from this server towards the visitor while it is told
   * by trusted proxies; what is malformed, and what untrusted hops say, is as if it were not there.
   *
   * @param headers the request's, which stay as they are
   * @param peer where the connection comes from, see {@link Source}; null for unknown
   * @param scheme what the connection speaks
   * @param host what the request is for
   */
  public Requester requester(
      HttpHeaders headers, @Nullable InetSocketAddress peer, String scheme, String host) {
    InetAddress nearest = peer == null ? UNKNOWN : peer.getAddress();
    if (!networks.contains(nearest)) {
      return new Requester(List.of(nearest), scheme, host, RequestId.random());
    }
    Iterator<Hop> told =
        dialect == Dialect.FORWARDED
            ? new ForwardedElements(headers.getAll(ForwardedHeaders.FORWARDED))
            : new ForwardedForEntries(headers.getAll(ForwardedHeaders.FOR));
    ArrayDeque<InetAddress> chain = new ArrayDeque<>(List.of(nearest));
    Hop last = new Hop(nearest, null, null);
    while (chain.size() < MAX_HOPS && networks.contains(chain.getFirst()) && told.hasNext()) {
      last = told.next();
      chain.addFirst(last.address);
    }
    Hop asked = dialect == Dialect.FORWARDED ? last : xForwarded(headers, nearest);
    return new Requester(
        List.copyOf(chain),
        asked.scheme == null ? scheme : asked.scheme,
        asked.host == null ? host : asked.host,
        requestId(headers));
  }

  /** Whether a connection from {@code peer} is one of them, with requests of many visitors. */
  public boolean isOne(@Nullable InetSocketAddress peer) {
    return peer != null && networks.contains(peer.getAddress());
  }

  private static Hop xForwarded(HttpHeaders headers, InetAddress address) {
    return new Hop(
        address,
        scheme(lastOf(headers, ForwardedHeaders.PROTO)),
        host(lastOf(headers, ForwardedHeaders.HOST)));
  }

  /** What the nearest proxy said, where several did. */
  private static @Nullable String lastOf(HttpHeaders headers, String name) {
    List<String> lines = headers.getAll(name);
    if (lines.isEmpty()) {
      return null;
    }
    String line = lines.getLast();
    return line.substring(line.lastIndexOf(',') + 1).strip();
  }

  /** Null for what is none. Some proxies tell of WebSocket so. */
  static @Nullable String scheme(@Nullable String text) {
    return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
      case "http", "ws" -> "http";
      case "https", "wss" -> "https";
      default -> null;
    };
  }

  /** Null for what is none. */
  static @Nullable String host(@Nullable String text) {
    return text != null && HOST.matcher(text).matches() ? text : null;
  }

  private static String requestId(HttpHeaders headers) {
    List<String> told = headers.getAll(ForwardedHeaders.REQUEST_ID);
    return told.size() == 1 && ID.matcher(told.getFirst()).matches()
        ? told.getFirst()
        : RequestId.random();
  }
}
