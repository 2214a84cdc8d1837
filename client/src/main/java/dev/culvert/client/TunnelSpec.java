package dev.culvert.client;

import dev.culvert.client.local.HealthCheck;
import dev.culvert.client.local.LocalTarget;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.VisitorRules;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel to be opened.
 *
 * @param name the host name that is asked for, for HTTP: its first label below the server's domain,
 *     or the whole of one elsewhere; null for any
 * @param port the public port that is asked for, for TCP; zero for any
 * @param path the part of the host's paths that is asked for, such as {@code /api}; null for all
 * @param isShared whether other clients of the same token that want it may have the name too
 * @param health how the service is asked whether it is well; null for not at all
 * @param rules what its visitors are held to
 */
public record TunnelSpec(
    TunnelKind kind,
    LocalTarget target,
    @Nullable String name,
    int port,
    @Nullable String path,
    boolean isShared,
    @Nullable HealthCheck health,
    VisitorRules rules) {
  private static final int MAX_NAME_CHARS = 253;
  private static final int MAX_PATH_CHARS = 200;

  public TunnelSpec {
    if (name != null && name.length() > MAX_NAME_CHARS) {
      throw new IllegalArgumentException(
          "name: " + name.length() + " characters (expected: at most " + MAX_NAME_CHARS + ")");
    }
    if (path != null && path.length() > MAX_PATH_CHARS) {
      throw new IllegalArgumentException(
          "path: " + path.length() + " characters (expected: at most " + MAX_PATH_CHARS + ")");
    }
    if (isShared && name == null) {
      throw new IllegalArgumentException("name: none (expected: that of the pool)");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
  }

  /** One of all paths, for this client alone, whose service is not asked how it is. */
  public TunnelSpec(TunnelKind kind, LocalTarget target, @Nullable String name, int port) {
    this(kind, target, name, port, null, false, null, VisitorRules.NONE);
  }

  /** An HTTP tunnel with any name. */
  public static TunnelSpec http(LocalTarget target) {
    return new TunnelSpec(TunnelKind.HTTP, target, null, 0);
  }

  /** An HTTP tunnel with the given name, and no other. */
  public static TunnelSpec http(LocalTarget target, String name) {
    return new TunnelSpec(TunnelKind.HTTP, target, name, 0);
  }

  /** A TCP tunnel; {@code port} zero is any. */
  public static TunnelSpec tcp(LocalTarget target, int port) {
    return new TunnelSpec(TunnelKind.TCP, target, null, port);
  }

  /** The same with rules for its visitors. */
  public TunnelSpec withRules(VisitorRules others) {
    return new TunnelSpec(kind, target, name, port, path, isShared, health, others);
  }

  /** Whether {@code answer} is of a server that holds visitors to the rules. */
  boolean isAskedFor(TunnelOpened answer) {
    return answer.ruled() || rules.kinds().isEmpty();
  }

  /** The same for a part of its host's paths. */
  public TunnelSpec withPath(String newPath) {
    return new TunnelSpec(kind, target, name, port, newPath, isShared, health, rules);
  }

  /** The same in a pool: with others of the same token that ask for the name in this way. */
  public TunnelSpec shared() {
    return new TunnelSpec(kind, target, name, port, path, true, health, rules);
  }

  /** The same with a service that is asked whether it is well. */
  public TunnelSpec withHealth(HealthCheck newHealth) {
    return new TunnelSpec(kind, target, name, port, path, isShared, newHealth, rules);
  }

  /** What tells it from other tunnels of the same server: neither its rules nor its health. */
  public String identity() {
    return "TunnelSpec[kind="
        + kind
        + ", target="
        + target
        + ", name="
        + name
        + ", port="
        + port
        + (path == null ? "]" : ", path=" + path + "]");
  }

  /** Without the rules, which hold the hashes of passwords. */
  @Override
  public String toString() {
    return identity();
  }

  /** What the server knows the tunnel by among those of this client. */
  String key() {
    return kind + " " + target;
  }
}
