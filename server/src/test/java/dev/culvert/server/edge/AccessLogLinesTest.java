package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.culvert.mux.control.StreamStatus;
import dev.culvert.server.log.AccessLog;
import dev.culvert.server.log.AccessLogSettings;
import dev.culvert.server.log.Format;
import dev.culvert.server.visitor.TrustedProxies;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the access log says of requests, however they end. */
final class AccessLogLinesTest {
  @TempDir private Path state;
  private Path file;
  private AccessLog log;
  private EdgeGround ground;
  private TestVisitor visitor;

  @BeforeEach
  void open() throws Exception {
    file = state.resolve("access.log");
    log = AccessLog.open(new AccessLogSettings(file, Format.JSON, true));
    ground = EdgeGround.open(state, TrustedProxies.NONE, log);
    visitor = ground.visit();
  }

  @AfterEach
  void close() throws Exception {
    visitor.close();
    ground.close();
    log.close();
  }

  private List<JsonObject> lines() throws Exception {
    log.close();
    return Files.readAllLines(file).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private JsonObject line() throws Exception {
    List<JsonObject> lines = lines();
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  private static String text(JsonObject line, String... names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(line.has(name) ? line.get(name).getAsString() : "none").append(' ');
    }
    return text.toString().strip();
  }

  @Test
  void answeredRequestIsALineWithTheBytesOfBothBodies() throws Exception {
    visitor.send(
        "POST /a?b=c HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 5\r\n"
            + "Referer: https://r.example/\r\nUser-Agent: test/1\r\n\r\nhello");
    ServiceConnection service = ground.serve();
    String id = service.readHead().replaceAll("(?s).*\r\nx-request-id: (\\w+)\r\n.*", "$1");
    service.readTo("hello");
    service.respond("hello, too");
    visitor.readResponse();

    JsonObject line = line();
    assertThat(text(line, "address", "host", "client", "method", "target", "protocol"))
        .isEqualTo("127.0.0.1 app.localhost test POST /a?b=c HTTP/1.1");
    assertThat(text(line, "status", "bytesIn", "bytesOut", "error")).isEqualTo("200 5 10 none");
    assertThat(text(line, "referer", "agent")).isEqualTo("https://r.example/ test/1");
    assertThat(text(line, "id")).isEqualTo(id).hasSize(32);
  }

  @Test
  void eachRequestOfAConnectionIsALine() throws Exception {
    for (int i = 0; i < 3; i++) {
      visitor.send("GET /" + i + " HTTP/1.1\r\nHost: no.localhost\r\n\r\n");
      visitor.readResponse();
    }

    assertThat(lines()).extracting(line -> text(line, "target")).containsExactly("/0", "/1", "/2");
  }

  @Test
  void requestForNoTunnelIsALineWithItsError() throws Exception {
    visitor.send("GET / HTTP/1.1\r\nHost: no.localhost\r\n\r\n");
    String answer = visitor.readResponse();

    JsonObject line = line();
    assertThat(text(line, "host", "client", "status", "error"))
        .isEqualTo("no.localhost none 404 no-such-tunnel");
    int body = answer.length() - answer.indexOf("\r\n\r\n") - 4;
    assertThat(line.get("bytesOut").getAsInt()).isEqualTo(body);
  }

  @Test
  void requestThatCannotBeReadIsALine() throws Exception {
    visitor.send("GET /x HTTP/1.1\r\nHost: a.localhost\r\nHost: b.localhost\r\n\r\n");
    visitor.readHead();

    assertThat(text(line(), "method", "target", "host", "status", "error"))
        .isEqualTo("GET /x  400 bad-request");
  }

  @Test
  void serviceThatRefusesIsALineWithTheReasonsCode() throws Exception {
    visitor.get("/");
    ground.arrival().answer(new StreamStatus(StreamStatus.Code.REFUSED, "nobody listens"));
    String answer = visitor.readResponse();

    JsonObject line = line();
    assertThat(text(line, "client", "status")).isEqualTo("test 502");
    assertThat(answer).containsIgnoringCase("culvert-error: " + text(line, "error"));
  }

  @Test
  void visitorThatLeavesBeforeItsAnswerIsALine() throws Exception {
    visitor.get("/");
    ServiceConnection service = ground.serve();
    service.readHead();

    visitor.cut();
    service.awaitClosed();

    assertThat(text(line(), "status", "error")).isEqualTo("499 visitor-gone");
  }

  @Test
  void answerThatIsCutIsALineThatSaysSo() throws Exception {
    visitor.get("/");
    ServiceConnection service = ground.serve();
    service.readHead();
    service.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    visitor.readTo("half");

    service.cut();
    assertThatThrownBy(visitor::readToEnd).isInstanceOf(SocketException.class);

    assertThat(text(line(), "status", "bytesOut", "error")).isEqualTo("200 4 cut");
  }

  @Test
  void upgradedConnectionIsALineWhenItEnds() throws Exception {
    visitor.send(
        """
        GET /ws HTTP/1.1\r
        Host: app.localhost\r
        Connection: upgrade\r
        Upgrade: websocket\r
        \r
        """);
    ServiceConnection service = ground.serve();
    service.readHead();
    service.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    visitor.readHead();
    visitor.send("to the service");
    service.readTo("to the service");
    service.send("back");
    visitor.readTo("back");

    visitor.cut();
    service.awaitClosed();

    assertThat(text(line(), "target", "status", "bytesIn", "bytesOut")).isEqualTo("/ws 101 14 4");
  }
}
