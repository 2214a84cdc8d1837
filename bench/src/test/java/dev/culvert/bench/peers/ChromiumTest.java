package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.culvert.bench.e2e.LeakCheck;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's Chromium, without a window, on a page that uses a WebSocket, an event stream and an
 * upload of 64 MiB: all over HTTPS and HTTP/2, from a service on Node.
 */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class ChromiumTest {
  /** The page, its WebSocket, its events and what it says of four of them, and its upload. */
  private static final int REQUESTS = 8;

  @TempDir private Path home;

  @Test
  void pageDoesOverHttp2WhatItDoesWithoutATunnel() throws Exception {
    Path chromium = PeerProgram.require("chromium");
    try (NodeProgram service = NodeProgram.start("service.js", 0);
        PublicService tunnel =
            PublicService.start(home, Integer.parseInt(service.await("listening on (\\d+)")))) {
      JsonObject seen = visit(chromium, tunnel);

      assertThat(seen.get("page").getAsString()).isEqualTo("h2");
      JsonObject webSocket = seen.getAsJsonObject("webSocket");
      assertThat(webSocket.get("text").getAsString()).isEqualTo("grüße");
      assertThat(webSocket.get("isEqual").getAsBoolean()).isTrue();
      assertThat(webSocket.get("code").getAsInt()).isEqualTo(4001);
      assertThat(webSocket.get("reason").getAsString()).isEqualTo("done here");
      assertThat(webSocket.get("wasClean").getAsBoolean()).isTrue();
      assertThat(webSocket.get("protocol").getAsString()).isEqualTo("chat");
      assertThat(webSocket.get("extensions").getAsString()).startsWith("permessage-deflate");
      JsonArray events = seen.getAsJsonArray("events");
      assertThat(events.toString()).isEqualTo("[\"0\",\"1\",\"2\",\"3\",\"4\"]");
      JsonObject upload = seen.getAsJsonObject("upload");
      assertThat(upload.get("bytes").getAsLong()).isEqualTo(64 << 20);
      assertThat(upload.get("isEqual").getAsBoolean()).isTrue();
      assertThat(upload.get("protocol").getAsString()).isEqualTo("h2");

      String origin = "https://" + ReverseProxy.HOST + ":" + tunnel.https().getPort();
      assertThat(service.await("(asked GET /ws .*)")).endsWith(" " + origin);
      service.await("websocket closed with 4001 done here");
      assertThat(tunnel.log(REQUESTS))
          .as("in the access log")
          .anyMatch(line -> isOverHttp2(line, "/ws", 101))
          .anyMatch(line -> isOverHttp2(line, "/events", 200))
          .anyMatch(line -> isOverHttp2(line, "/upload", 200))
          .noneMatch(line -> line.contains("HTTP/1.1"));
    }
  }

  private static JsonObject visit(Path chromium, PublicService tunnel) throws Exception {
    InetSocketAddress edge = tunnel.https();
    String address = edge.getAddress().getHostAddress();
    try (NodeProgram browser =
        NodeProgram.start("chromium.js", chromium, address, edge.getPort(), tunnel.authority())) {
      List<String> said = browser.awaitEnd();
      assertThat(said).isNotEmpty();
      return JsonParser.parseString(said.getLast()).getAsJsonObject();
    }
  }

  private static boolean isOverHttp2(String line, String target, int status) {
    JsonObject request = JsonParser.parseString(line).getAsJsonObject();
    return request.get("target").getAsString().equals(target)
        && request.get("protocol").getAsString().equals("HTTP/2.0")
        && request.get("status").getAsInt() == status;
  }
}
