package dev.culvert.client.local;

import dev.culvert.mux.control.StreamStatus;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/**
 * Why a local service could not be reached, for the visitor's page and the log: no address that the
 * user did not write, no name of a class or system call.
 */
final class LocalFailure {
  private LocalFailure() {}

  static StreamStatus status(LocalTarget target, Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    if (cause instanceof ConnectTimeoutException || cause instanceof SslHandshakeTimeoutException) {
      return new StreamStatus(
          StreamStatus.Code.TIMED_OUT, target.address() + " did not answer in time");
    }
    if (cause instanceof ConnectException && lower.contains("refused")) {
      return new StreamStatus(
          StreamStatus.Code.REFUSED, target.address() + " refused the connection");
    }
    if (lower.contains("timed out")) {
      return new StreamStatus(
          StreamStatus.Code.TIMED_OUT, target.address() + " did not answer in time");
    }
    if (lower.contains("reset") || lower.contains("broken pipe")) {
      return new StreamStatus(
          StreamStatus.Code.UNREACHABLE, target.address() + " reset the connection");
    }
    if (cause instanceof LocalTls.NotHttp2Exception) {
      return new StreamStatus(
          StreamStatus.Code.UNREACHABLE, target.address() + " does not speak HTTP/2 in its TLS");
    }
    if (cause instanceof SSLException || cause instanceof DecoderException) {
      return new StreamStatus(
          StreamStatus.Code.UNREACHABLE, target.address() + " does not take part in TLS");
    }
    return new StreamStatus(
        StreamStatus.Code.UNREACHABLE,
        target.address() + " cannot be reached: " + reason(cause, message, lower));
  }

  private static String reason(Throwable cause, String message, String lower) {
    if (cause instanceof NoRouteToHostException || lower.contains("no route")) {
      return "there is no route to it";
    }
    if (lower.contains("network is unreachable")) {
      return "its network is unreachable";
    }
    return message.endsWith(" is not known") ? message : "the connection failed";
  }
}
