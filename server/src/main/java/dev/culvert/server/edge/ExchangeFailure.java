package dev.culvert.server.edge;

import dev.culvert.mux.control.StreamStatus;
import dev.culvert.mux.netty.SessionEndedException;
import dev.culvert.mux.netty.StreamLimitException;
import dev.culvert.mux.netty.StreamResetException;
import java.net.ProtocolException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a visitor is told where a request got no response; {@code host} is what it asked for. */
final class ExchangeFailure {
  private ExchangeFailure() {}

  /** No connection to the local service could be opened. */
  static HttpRefusal unopened(String host, @Nullable Throwable cause) {
    if (cause instanceof StreamLimitException) {
      return HttpRefusal.unavailable(
          "The client of " + host + " has too many connections open. Try again in a moment.");
    }
    return HttpRefusal.unavailable(
        "The client of " + host + " cannot be reached: " + reason(cause) + ".");
  }

  /** A connection was opened, and ended before a response began. */
  static HttpRefusal unanswered(String host, Throwable cause) {
    return switch (cause) {
      case LocalServiceException e when e.status().code() == StreamStatus.Code.TIMED_OUT ->
          HttpRefusal.gatewayTimeout(
              "local-service-timeout", "Behind " + host + ": " + reason(e) + ".");
      case LocalServiceException e ->
          HttpRefusal.badGateway("local-service-down", "Behind " + host + ": " + reason(e) + ".");
      case ProtocolException _ ->
          HttpRefusal.badGateway(
              "no-response", "The service behind " + host + " answered with no valid HTTP.");
      case ServiceResetException e ->
          HttpRefusal.badGateway("no-response", "Behind " + host + ": " + reason(e) + ".");
      case StreamResetException _ ->
          HttpRefusal.badGateway(
              "no-response", "The service behind " + host + " cut the connection unanswered.");
      case SessionEndedException _ ->
          HttpRefusal.badGateway(
              "no-response", "The client of " + host + " lost its connection to this server.");
      default ->
          HttpRefusal.badGateway(
              "no-response",
              "The service behind " + host + " did not answer: " + reason(cause) + ".");
    };
  }

  /** The service has had the request for too long. */
  static HttpRefusal late(String host, Duration time) {
    return HttpRefusal.gatewayTimeout(
        "response-timeout",
        "The service behind " + host + " did not begin its answer within " + text(time) + ".");
  }

  private static String text(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }

  /** A 101 to a request that asked for none, or not yet. */
  static HttpRefusal badUpgrade(String host) {
    return HttpRefusal.badGateway(
        "bad-upgrade", "The service behind " + host + " switched protocols out of turn.");
  }

  /** No 101, or one to another key, where the visitor would take it for a WebSocket. */
  static HttpRefusal noWebSocket(String host) {
    return HttpRefusal.badGateway(
        "bad-upgrade", "The service behind " + host + " did not open a WebSocket.");
  }

  /** An upgrade for a service that speaks HTTP/2, which has none. */
  static HttpRefusal noUpgrade(String host) {
    return HttpRefusal.badGateway(
        "bad-upgrade", "The service behind " + host + " speaks HTTP/2, and gets no WebSockets.");
  }

  /** For logs, and within sentences. */
  static String reason(@Nullable Throwable cause) {
    String message = cause == null ? null : cause.getMessage();
    return message == null || message.isEmpty() ? "for an unknown reason" : message;
  }
}
