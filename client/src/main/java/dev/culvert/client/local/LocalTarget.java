package dev.culvert.client.local;

import dev.culvert.mux.control.ServiceProtocol;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A local service's address, as people write it: {@code 3000}, {@code host:3000}, {@code
 * http://host:3000}, {@code https://host}, {@code h2c://host:50051} or {@code tcp://host:22}.
 *
 * @param scheme what the service speaks; where that is TLS its certificate is not checked, for it
 *     is mostly made at home
 * @param host a name or address without brackets
 */
public record LocalTarget(Scheme scheme, String host, int port) {
  /** So that the target, as text, fits into the message that asks for its tunnel. */
  private static final int MAX_HOST_CHARS = 170;

  /** What a URI takes for no host, and private name services do: {@code my_app}. */
  private static final Pattern LOCAL_NAME =
      Pattern.compile("(?<host>(?=[^_]*_)[A-Za-z0-9._-]{1,253})(:(?<port>\\d{1,5}))?");

  /** What a local service speaks. */
  public enum Scheme {
    HTTP(80, ServiceProtocol.HTTP_1),
    HTTPS(443, ServiceProtocol.HTTP_1),
    /** HTTP/2 without TLS, as many gRPC services have it. */
    H2C(80, ServiceProtocol.H2C),
    /** HTTP/2 in TLS. */
    H2(443, ServiceProtocol.H2),
    TCP(0, null);

    private final int standardPort;
    private final @Nullable ServiceProtocol service;

    Scheme(int standardPort, @Nullable ServiceProtocol service) {
      this.standardPort = standardPort;
      this.service = service;
    }

    /** What is spoken in the streams of its tunnels; null where that is the visitors' business. */
    public @Nullable ServiceProtocol service() {
      return service;
    }

    boolean isTls() {
      return this == HTTPS || this == H2;
    }

    boolean isHttp2() {
      return this == H2C || this == H2;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public LocalTarget {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    if (host.length() > MAX_HOST_CHARS) {
      throw new IllegalArgumentException(
          "host: " + host.length() + " characters (expected: at most " + MAX_HOST_CHARS + ")");
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host: empty (expected: a name or an address)");
    }
  }

  /**
   * Reads {@code text}; a bare port is one of this machine.
   *
   * @param standard the scheme where the text has none
   * @throws IllegalArgumentException with what was expected
   */
  public static LocalTarget parse(String text, Scheme standard) {
    try {
      if (text.matches("\\d+")) {
        return new LocalTarget(standard, "localhost", Integer.parseInt(text));
      }
      URI uri = new URI(text.contains("://") ? text : standard + "://" + text);
      Scheme scheme = Scheme.valueOf(String.valueOf(uri.getScheme()).toUpperCase(Locale.ROOT));
      int port = uri.getPort() == -1 ? scheme.standardPort : uri.getPort();
      if (uri.getHost() != null && isBare(uri)) {
        return new LocalTarget(scheme, withoutBrackets(uri.getHost()), port);
      }
      Matcher named = LOCAL_NAME.matcher(String.valueOf(uri.getRawAuthority()));
      if (named.matches() && isBare(uri)) {
        String digits = named.group("port");
        return new LocalTarget(
            scheme,
            named.group("host"),
            digits == null ? scheme.standardPort : Integer.parseInt(digits));
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      // told below, with the whole text
    }
    throw new IllegalArgumentException(
        "target: "
            + text
            + " (expected: a port such as 3000, host:3000, or a URL such as http://host:3000)");
  }

  private static boolean isBare(URI uri) {
    String path = uri.getRawPath();
    return (path == null || path.isEmpty() || path.equals("/"))
        && !uri.getRawAuthority().endsWith(":")
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null
        && uri.getRawUserInfo() == null;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** What clients that dial it say in {@code Host}, such as {@code localhost:3000}. */
  public String hostHeader() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return port == scheme.standardPort ? name : name + ":" + port;
  }

  /** The same where the service speaks HTTP/2. */
  public LocalTarget withHttp2() {
    Scheme http2 =
        switch (scheme) {
          case HTTP, H2C -> Scheme.H2C;
          case HTTPS, H2 -> Scheme.H2;
          case TCP -> throw new IllegalStateException(this + " is no web app");
        };
    return new LocalTarget(http2, host, port);
  }

  /** The address for people and for Host headers, such as {@code 127.0.0.1:3000}. */
  public String address() {
    String shown = host.equals("localhost") ? "127.0.0.1" : host;
    return (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + port;
  }

  @Override
  public String toString() {
    return scheme + "://" + address();
  }
}
