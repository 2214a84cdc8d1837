package dev.culvert.client;

import dev.culvert.client.local.RequestRecord;
import dev.culvert.tls.NegotiatedTls;
import dev.culvert.tls.PinReplacement;
import java.time.Duration;
import java.util.List;

/** What happens to a client. */
public sealed interface ClientEvent {
  /** The server has let us in; {@code server} is its software, {@code tls} what protects us. */
  record Online(String server, NegotiatedTls tls) implements ClientEvent {}

  /** The pinned key was replaced; the server is let in by it until then. Told once for each pin. */
  record PinReplaced(PinReplacement replacement) implements ClientEvent {}

  /** Visitors reach a tunnel at these URLs, the best first; told again after each reconnect. */
  record Opened(TunnelSpec tunnel, List<String> urls) implements ClientEvent {}

  /** The connection is lost; the next attempt comes after {@code delay}. */
  record Reconnecting(String reason, int attempt, Duration delay) implements ClientEvent {}

  /** The service of a tunnel is well no longer, and why, or is so again. */
  record Health(TunnelSpec tunnel, boolean isUp, String reason) implements ClientEvent {}

  /** A request is over. */
  record Request(RequestRecord request) implements ClientEvent {}

  /** The client has ended, and why; the last event. */
  record Ended(ClientEnd end) implements ClientEvent {}
}
