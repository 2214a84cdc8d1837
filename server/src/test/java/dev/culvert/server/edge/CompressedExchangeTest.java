package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.RulesDraft;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Responses that are compressed on their way to a visitor. */
final class CompressedExchangeTest {
  private static final String ASK =
      "GET / HTTP/1.1\r\nHost: app.localhost\r\nAccept-Encoding: gzip\r\n\r\n";
  private static final String PLAIN = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";

  private EdgeGround ground;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    RulesDraft draft = new RulesDraft();
    draft.compress = true;
    ground = EdgeGround.open(state, draft.finished());
  }

  @AfterEach
  void close() {
    ground.close();
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  /** Reads a chunk of the response, empty for the last one, and appends it. */
  private static boolean readChunk(TestVisitor visitor, ByteArrayOutputStream to) throws Exception {
    int length = Integer.parseInt(visitor.readTo("\r\n").strip(), 16);
    to.writeBytes(visitor.readBytes(length));
    assertThat(visitor.readBytes(2)).containsExactly('\r', '\n');
    return length > 0;
  }

  private static String unzipped(ByteArrayOutputStream bytes) throws Exception {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatStreamsGoesOnStreaming() throws Exception {
    try (TestVisitor visitor = ground.visit()) {
      visitor.send(ASK);
      ServiceConnection service = ground.serve();
      service.readHead();
      service.send(PLAIN + "Transfer-Encoding: chunked\r\n\r\n");
      assertThat(visitor.readHead())
          .containsIgnoringCase("\r\ncontent-encoding: gzip\r\n")
          .containsIgnoringCase("\r\nvary: accept-encoding\r\n");
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      String sent = "";

      for (String line : new String[] {"first\n", "second\n", "third\n"}) {
        service.send(chunk(line)); // and no more, before this one is there
        sent += line;
        GZIPInputStream in;
        do {
          assertThat(readChunk(visitor, bytes)).isTrue();
        } while (bytes.size() <= 10); // the header alone
        in = new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(in.readNBytes(sent.length())).asString(StandardCharsets.UTF_8).isEqualTo(sent);
      }
      service.send("0\r\n\r\n");

      while (readChunk(visitor, bytes)) {
        // The rest of it.
      }
      assertThat(unzipped(bytes)).isEqualTo(sent);
    }
  }

  @Test
  void lengthIsNoLongerToldAndTheConnectionGoesOn() throws Exception {
    String body = "<p>hello</p>".repeat(30_000);
    try (TestVisitor visitor = ground.visit()) {
      for (int i = 0; i < 2; i++) {
        visitor.send(ASK);
        ServiceConnection service = ground.serve();
        service.readHead();
        service.send(
            PLAIN
                + "ETag: \"a\"\r\nConnection: close\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n");
        service.send(body);
        assertThat(visitor.readHead())
            .containsIgnoringCase("\r\netag: W/\"a\"\r\n")
            .doesNotContainIgnoringCase("content-length");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (readChunk(visitor, bytes)) {
          // The rest of it.
        }
        assertThat(bytes.size()).isLessThan(body.length() / 10);
        assertThat(unzipped(bytes)).isEqualTo(body);
      }
    }
  }

  @Test
  void eventsAndPartsAndWhatNobodyAskedForPassAsTheyAre() throws Exception {
    try (TestVisitor visitor = ground.visit()) {
      visitor.send(ASK);
      ServiceConnection service = ground.serve();
      service.readHead();
      service.send(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
      service.send(chunk("data: 1\n\n"));
      assertThat(visitor.readTo("data: 1\n\n\r\n")).doesNotContainIgnoringCase("gzip");
      service.send("0\r\n\r\n");
      visitor.readTo("0\r\n\r\n");

      visitor.send(ASK.replace("gzip", "br"));
      service.readHead();
      service.send(PLAIN + "Content-Length: 2000\r\n\r\n" + "a".repeat(2000));
      assertThat(visitor.readResponse())
          .endsWith("a".repeat(2000))
          .containsIgnoringCase("\r\nvary: accept-encoding\r\n");

      visitor.send(ASK);
      service.readHead();
      service.send(
          PLAIN.replace("200 OK", "206 Partial Content")
              + "Content-Range: bytes 0-1999/5000\r\nContent-Length: 2000\r\n\r\n"
              + "a".repeat(2000));
      assertThat(visitor.readResponse()).endsWith("a".repeat(2000));
    }
  }

  @Test
  void visitorThatLeavesGivesItsPlaceBack() throws Exception {
    for (int i = 0; i < CompressionPlaces.MAX + 5; i++) {
      try (TestVisitor visitor = ground.visit()) {
        visitor.send(ASK);
        ServiceConnection service = ground.serve();
        service.readHead();
        service.send(PLAIN + "Transfer-Encoding: chunked\r\n\r\n" + chunk("begun"));

        assertThat(visitor.readHead()).containsIgnoringCase("content-encoding: gzip");

        visitor.cut();
        service.awaitClosed();
      }
    }
  }
}
