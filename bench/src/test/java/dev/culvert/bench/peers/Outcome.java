package dev.culvert.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What became of an odd request and the ordinary one behind it.
 *
 * @param statuses of the answers, in their order
 * @param seen what the service took for whole requests; {@code end} is the ordinary one
 */
record Outcome(List<String> statuses, List<String> seen) {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final int MAX_SHOWN = 120;

  private static final String END =
      "GET /end HTTP/1.1\r\nHost: " + ReverseProxy.HOST + "\r\nConnection: close\r\n\r\n";
  private static final String SEEN_END = "GET /end host=" + ReverseProxy.HOST;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

  /** Sends both on a connection of their own, and waits for its end. */
  static Outcome of(OddRequest request, InetSocketAddress proxy, RecordingOrigin service)
      throws IOException {
    String answers = exchange(request.bytes() + END, proxy);
    List<String> statuses = STATUS.matcher(answers).results().map(match -> match.group(1)).toList();
    List<String> seen =
        service.takeSeen().stream()
            .map(text -> text.equals(SEEN_END) ? "end" : shorten(text))
            .toList();
    return new Outcome(statuses, seen);
  }

  private static String exchange(String bytes, InetSocketAddress proxy) throws IOException {
    List<byte[]> read = new ArrayList<>();
    try (Socket socket = new Socket(proxy.getAddress(), proxy.getPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      InputStream in = socket.getInputStream();
      try {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        byte[] buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          read.add(Arrays.copyOf(buffer, n));
        }
      } catch (SocketException e) {
        // Closed with a part of this unread: an end as any other.
      }
    }
    StringBuilder text = new StringBuilder();
    read.forEach(part -> text.append(new String(part, StandardCharsets.ISO_8859_1)));
    return text.toString();
  }

  private static String shorten(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }

  /** Whether it is the same for the visitor and the service; one refusal is like another. */
  boolean isLike(Outcome other) {
    return seen.equals(other.seen) && kinds().equals(other.kinds());
  }

  private List<String> kinds() {
    return statuses.stream()
        .map(status -> status.compareTo("400") < 0 ? status : "refused")
        .toList();
  }

  @Override
  public String toString() {
    String answers = statuses.isEmpty() ? "closed" : String.join(" ", statuses);
    return seen.isEmpty() ? answers : answers + " | " + String.join(" | ", seen);
  }
}
