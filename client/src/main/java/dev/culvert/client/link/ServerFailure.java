package dev.culvert.client.link;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no connection to the server, in words for people: without the names of classes and
 * system calls, the addresses and the bytes that exceptions carry.
 */
final class ServerFailure {
  private static final Pattern SYSTEM_CALL =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: ");
  private static final Pattern ADDRESS = Pattern.compile(": \\S*/\\S+:\\d+$");

  private ServerFailure() {}

  /** What the server did, to stand behind its name: {@code refused the connection}. */
  static String of(Throwable failure) {
    Throwable cause =
        failure instanceof DecoderException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    String lower = message.toLowerCase(Locale.ROOT);
    if (cause instanceof NotSslRecordException) {
      return "does not speak TLS";
    }
    if (cause instanceof SslHandshakeTimeoutException) {
      return "did not complete the TLS handshake in time";
    }
    if (cause instanceof ConnectTimeoutException || lower.contains("timed out")) {
      return "did not answer in time";
    }
    if (lower.contains("refused")) {
      return "refused the connection";
    }
    if (lower.contains("reset") || lower.contains("broken pipe")) {
      return "reset the connection";
    }
    if (cause instanceof ClosedChannelException || lower.contains("closed")) {
      return "closed the connection";
    }
    if (cause instanceof SSLException) {
      return "and this client do not agree on TLS 1.3";
    }
    return "cannot be reached: " + (message.isEmpty() ? "unknown reason" : text(message));
  }

  /** {@code message} without what the transport adds before and behind it. */
  static String text(String message) {
    String text = ADDRESS.matcher(SYSTEM_CALL.matcher(message).replaceFirst("")).replaceFirst("");
    return text.equals("Connection reset by peer") || text.equals("Connection reset")
        ? "the connection was reset"
        : text;
  }

  /**
   * Why the server's certificate is not taken; null where {@code failure} is about another thing.
   */
  static @Nullable String distrust(Throwable failure) {
    String reason = null;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof CertificateExpiredException) {
        return "its certificate has expired";
      }
      if (t instanceof CertificateNotYetValidException) {
        return "its certificate is not valid yet, by this machine's clock";
      }
      if (t instanceof CertificateException && reason == null) {
        reason = certificate(String.valueOf(t.getMessage()));
      }
    }
    return reason;
  }

  private static String certificate(String message) {
    if (message.startsWith("No subject alternative") || message.startsWith("No name matching")) {
      return "its certificate is for another name";
    }
    return message.contains("PKIX") || message.contains("java.") || message.contains("sun.")
        ? "its certificate is from no authority that is trusted here"
        : message;
  }
}
