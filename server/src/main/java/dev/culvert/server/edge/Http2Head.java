package dev.culvert.server.edge;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.HttpConversionUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Heads of messages between HTTP/2 and what every exchange has (RFC 9113, section 8). */
final class Http2Head {
  /** For logs; nothing of it is sent. */
  static final HttpVersion VERSION = new HttpVersion("HTTP", 2, 0, true);

  /** A message that is none: its stream is to be reset. */
  static final class MalformedException extends Exception {
    MalformedException(String message) {
      super(message);
    }
  }

  private Http2Head() {}

  /**
   * Checks the head of a request and takes it apart. An extended CONNECT (RFC 8441) becomes the
   * upgrade that it stands for.
   */
  static RequestHead request(Http2Headers head, boolean isLast, String scheme)
      throws MalformedException, RequestHead.RefusedException {
    HttpMethod method = method(required(head.method(), ":method"));
    CharSequence protocol = head.get(Http2Headers.PseudoHeaderName.PROTOCOL.value());
    boolean isConnect = method.equals(HttpMethod.CONNECT);
    if (isConnect && protocol == null) {
      throw RequestHead.connectRefused();
    }
    if (!isConnect && protocol != null) {
      throw new MalformedException(":protocol without CONNECT");
    }
    requireKnownScheme(required(head.scheme(), ":scheme"));
    String path = required(head.path(), ":path");
    HttpHeaders headers = endToEnd(head);
    if (headers.size() > RequestDecoder.MAX_FIELDS) {
      throw RequestHead.tooManyFields();
    }
    RequestTarget target = RequestTarget.of(authority(head, headers), path, method);
    headers.remove(HttpHeaderNames.HOST);
    RequestHead.requireKnownExpectation(headers, VERSION);
    if (protocol == null) {
      RequestHead.requirePassedMethod(method);
      return new RequestHead(
          method, VERSION, scheme, target.host(), target.path(), headers, !isLast, false);
    }
    if (!protocol.toString().equals("websocket") || isLast) {
      throw RequestHead.protocolRefused();
    }
    if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) { // of a GET it would be the body's
      throw new MalformedException("a CONNECT has no content");
    }
    headers.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, WebSocketKey.random());
    return new RequestHead(
        HttpMethod.GET, VERSION, scheme, target.host(), target.path(), headers, false, true);
  }

  /** The head of a request for a service of that scheme, without what only HTTP/1.1 has. */
  static Http2Headers request(RequestHead head, String scheme) {
    return fields(head.headers())
        .method(head.method().asciiName())
        .scheme(scheme)
        .authority(head.host())
        .path(head.target());
  }

  /** The end-to-end fields of a service's head, or its trailers. */
  static HttpHeaders responseFields(Http2Headers fields) {
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      if (!Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(field.getKey())) {
        headers.add(field.getKey(), field.getValue());
      }
    }
    HopByHop.remove(headers);
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
    return headers;
  }

  private static HttpMethod method(String name) throws MalformedException {
    try {
      return HttpMethod.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(":method: " + e.getMessage());
    }
  }

  private static void requireKnownScheme(String scheme) throws RequestHead.RefusedException {
    if (!scheme.equalsIgnoreCase("https") && !scheme.equalsIgnoreCase("http")) {
      throw RequestTarget.malformed("Its scheme is neither https nor http.");
    }
  }

  private static String required(@Nullable CharSequence value, String name)
      throws MalformedException {
    if (value == null || value.isEmpty()) {
      throw new MalformedException(name + " is missing");
    }
    return value.toString();
  }

  private static String authority(Http2Headers head, HttpHeaders headers)
      throws RequestHead.RefusedException {
    CharSequence authority = head.authority();
    String host = RequestTarget.onlyHost(headers);
    if (authority == null || authority.isEmpty()) {
      return host;
    }
    if (!host.isEmpty() && !host.equalsIgnoreCase(authority.toString())) {
      throw RequestTarget.malformed("Its :authority and its Host differ.");
    }
    return authority.toString();
  }

  /** The trailers of a request. */
  static HttpHeaders trailers(Http2Headers head) throws MalformedException {
    for (CharSequence name : head.names()) {
      if (Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name)) {
        throw new MalformedException(name + " in trailers");
      }
    }
    return endToEnd(head);
  }

  private static HttpHeaders endToEnd(Http2Headers head) throws MalformedException {
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    StringBuilder cookies = new StringBuilder();
    try {
      for (Map.Entry<CharSequence, CharSequence> field : head) {
        CharSequence name = field.getKey();
        requireNoBlankEnd(name, field.getValue());
        if (HttpHeaderNames.COOKIE.contentEquals(name)) {
          cookies.append(cookies.isEmpty() ? "" : "; ").append(field.getValue());
        } else if (!Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name)) {
          headers.add(name, field.getValue());
        }
      }
      if (!cookies.isEmpty()) {
        headers.set(HttpHeaderNames.COOKIE, cookies.toString());
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException("a header field that cannot be: " + e.getMessage());
    }
    HopByHop.remove(headers);
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
    return headers;
  }

  /** The codec refuses a blank only at a value's start (RFC 9113, section 8.2.1). */
  private static void requireNoBlankEnd(CharSequence name, CharSequence value)
      throws MalformedException {
    char last = value.isEmpty() ? 'a' : value.charAt(value.length() - 1);
    if (last == ' ' || last == '\t') {
      throw new MalformedException(name + " ends with a blank");
    }
  }

  /** The head of a response; a 101 is the 200 that an extended CONNECT is answered with. */
  static Http2Headers response(HttpResponse response) {
    HttpResponseStatus status = response.status();
    Http2Headers head = fields(response.headers());
    if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      head.remove(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
      head.remove(HttpHeaderNames.CONTENT_LENGTH); // a 101 that has one means nothing by it
      return head.status(HttpResponseStatus.OK.codeAsText());
    }
    return head.status(status.codeAsText());
  }

  /** Trailers, or the fields of a head, without those of one connection. */
  static Http2Headers fields(HttpHeaders headers) {
    Http2Headers fields = new DefaultHttp2Headers(false, headers.size() + 1);
    HttpConversionUtil.toHttp2Headers(headers, fields);
    return fields;
  }
}
