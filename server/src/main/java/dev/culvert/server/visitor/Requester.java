package dev.culvert.server.visitor;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * Who asks, how and for what host: of one request. Immutable.
 *
 * @param chain the visitor, and the proxies on the way from it to this server; never empty
 * @param scheme what the visitor speaks: {@code http} or {@code https}
 * @param host what the visitor asked for; may differ from the request's where a proxy rewrote it
 * @param requestId names the request in logs, here and at the service; 128 random bits, or the
 *     trusted proxy's
 */
public record Requester(List<InetAddress> chain, String scheme, String host, String requestId) {
  /** What needs no quotes (RFC 9110, section 5.6.2). */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** The visitor's own address. */
  public InetAddress address() {
    return chain.getFirst();
  }

  /** The visitor's own address as text, IPv6 without brackets. */
  public String addressText() {
    return NetUtil.toAddressString(address());
  }

  /** Whether it came through trusted proxies. */
  public boolean isBehindProxy() {
    return chain.size() > 1;
  }

  /** Tells {@code headers}, a request's for the local service, in place of all they said so far. */
  public void tell(HttpHeaders headers) {
    ForwardedHeaders.remove(headers);
    StringJoiner addresses = new StringJoiner(", ");
    StringJoiner elements = new StringJoiner(", ");
    for (InetAddress hop : chain) {
      String text = NetUtil.toAddressString(hop);
      addresses.add(text);
      elements.add(
          "for="
              + (hop instanceof Inet6Address ? "\"[" + text + "]\"" : text)
              + (elements.length() == 0 ? asked() : ""));
    }
    headers.set(ForwardedHeaders.FOR, addresses.toString());
    headers.set(ForwardedHeaders.PROTO, scheme);
    headers.set(ForwardedHeaders.HOST, host);
    headers.set(ForwardedHeaders.FORWARDED, elements.toString());
    headers.set(ForwardedHeaders.REQUEST_ID, requestId);
  }

  private String asked() {
    return ";host="
        + (TOKEN.matcher(host).matches() ? host : '"' + host + '"')
        + ";proto="
        + scheme;
  }
}
