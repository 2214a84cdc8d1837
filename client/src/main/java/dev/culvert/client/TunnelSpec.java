package dev.culvert.client;

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
 * @param rules what its visitors are held to
 */
public record TunnelSpec(
    TunnelKind kind, LocalTarget target, @Nullable String name, int port, VisitorRules rules) {
  private static final int MAX_NAME_CHARS = 253;

  public TunnelSpec {
    if (name != null && name.length() > MAX_NAME_CHARS) {
      throw new IllegalArgumentException(
          "name: " + name.length() + " characters (expected: at most " + MAX_NAME_CHARS + ")");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
  }

  /** An HTTP tunnel with any name. */
  public static TunnelSpec http(LocalTarget target) {
    return new TunnelSpec(TunnelKind.HTTP, target, null, 0, VisitorRules.NONE);
  }

  /** An HTTP tunnel with the given name, and no other. */
  public static TunnelSpec http(LocalTarget target, String name) {
    return new TunnelSpec(TunnelKind.HTTP, target, name, 0, VisitorRules.NONE);
  }

  /** A TCP tunnel; {@code port} zero is any. */
  public static TunnelSpec tcp(LocalTarget target, int port) {
    return new TunnelSpec(TunnelKind.TCP, target, null, port, VisitorRules.NONE);
  }

  /** The same with rules for its visitors. */
  public TunnelSpec withRules(VisitorRules others) {
    return new TunnelSpec(kind, target, name, port, others);
  }

  /** Without the rules: what says who a client is does not change with them. */
  @Override
  public String toString() {
    return "TunnelSpec[kind="
        + kind
        + ", target="
        + target
        + ", name="
        + name
        + ", port="
        + port
        + "]";
  }

  /** Whether {@code answer} is of a server that holds visitors to the rules. */
  boolean isAskedFor(TunnelOpened answer) {
    return answer.ruled() || rules.kinds().isEmpty();
  }

  /** What the server knows the tunnel by among those of this client. */
  String key() {
    return kind + " " + target;
  }
}
