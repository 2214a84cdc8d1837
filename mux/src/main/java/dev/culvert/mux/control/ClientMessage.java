package dev.culvert.mux.control;

import org.jspecify.annotations.Nullable;

/** What a client says on the control stream. */
public sealed interface ClientMessage {
  /**
   * Asks for a tunnel.
   *
   * @param tunnel the client's number for it, in the answer and in each stream's {@link StreamOpen}
   * @param key names the tunnel within its instance, so that it gets the same name or port again
   * @param name the host name's first label below the server's domain, or a whole host name
   *     elsewhere, for HTTP; null for any
   * @param port the public port, for TCP; zero for any
   * @param path the part of the host's paths that the tunnel is for, such as {@code /api}; null for
   *     all
   * @param pool whether other clients of the same token may share the name, who say so too
   * @param rules what its visitors are held to; null for nothing
   * @param service what the local service speaks; null for HTTP/1.1, and for TCP
   */
  record OpenTunnel(
      int tunnel,
      TunnelKind kind,
      String key,
      @Nullable String name,
      int port,
      @Nullable String path,
      boolean pool,
      @Nullable VisitorRules rules,
      @Nullable ServiceProtocol service)
      implements ClientMessage {
    /** For a service that speaks HTTP/1.1, or for TCP. */
    public OpenTunnel(
        int tunnel,
        TunnelKind kind,
        String key,
        @Nullable String name,
        int port,
        @Nullable String path,
        boolean pool,
        @Nullable VisitorRules rules) {
      this(tunnel, kind, key, name, port, path, pool, rules, null);
    }

    /** Of all paths, for this client alone, and with visitors that are held to nothing. */
    public OpenTunnel(int tunnel, TunnelKind kind, String key, @Nullable String name, int port) {
      this(tunnel, kind, key, name, port, null, false, null);
    }

    public OpenTunnel {
      Presence.require(kind, "kind");
      Presence.require(key, "key");
      Presence.check(key.length() <= 200, "key: expected at most 200 characters");
      Presence.check(name == null || name.length() <= 253, "name: expected at most 253 characters");
      Presence.check(path == null || path.length() <= 200, "path: expected at most 200 characters");
      Presence.check(port >= 0 && port <= 65535, "port: " + port + " (expected: 0 to 65535)");
    }
  }

  /** The service behind a tunnel does what it should, or no longer; it is taken to at first. */
  record TunnelHealth(int tunnel, boolean up) implements ClientMessage {}

  /** Gives a tunnel up. */
  record CloseTunnel(int tunnel) implements ClientMessage {}
}
